package secrets

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/core"
)

// follow does what the edits of findings say, each edit once, from the end of
// each file to its beginning, so that places stay true.
func follow(t *testing.T, fsys fstest.MapFS, found []core.Finding) fstest.MapFS {
	t.Helper()
	var edits []core.Edit
	for _, f := range found {
		for _, e := range f.Edits {
			if !slices.Contains(edits, e) {
				edits = append(edits, e)
			}
		}
	}
	out := fstest.MapFS{}
	for name, f := range fsys {
		out[name] = &fstest.MapFile{Data: f.Data}
	}
	slices.SortStableFunc(edits, func(a, b core.Edit) int {
		if (a.Line == 0) != (b.Line == 0) {
			return map[bool]int{true: -1, false: 1}[a.Line == 0]
		}
		return b.Line - a.Line
	})
	for _, e := range edits {
		if e.Kind == core.EditRemove {
			delete(out, e.Path)
			continue
		}
		var lines []string
		if f, ok := out[e.Path]; ok {
			lines = strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n")
		}
		switch {
		case e.Kind == core.EditAdd && e.Line == 0:
			lines = append(lines, e.New)
		case e.Kind == core.EditAdd:
			lines = slices.Insert(lines, e.Line, e.New)
		case e.Kind == core.EditReplace:
			r := []rune(lines[e.Line-1])
			lines[e.Line-1] = string(r[:e.Column-1]) + e.New + string(r[e.End-1:])
		}
		out[e.Path] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n") + "\n")}
	}
	return out
}

func TestEditsMend(t *testing.T) {
	s := scanner(t)
	key := "q8Zr5LmN0p" + "X7vB3nM9kJ2hG6"
	app := "name: demo\nregion: eu\n"
	for name, c := range map[string]struct {
		path, text string
		want       string // what the file becomes, after a line with its name
	}{
		"worker":  {"src/worker.ts", "import { x } from \"./x\";\nconst apiKey = \"" + key + "\";\n", "import { x } from \"./x\";\nimport { env } from \"cloudflare:workers\";\nconst apiKey = env.API_KEY;\n"},
		"node":    {"server.js", "const x = require('x');\nconst dbPassword = 'Summer2025!';\n", "const x = require('x');\nconst dbPassword = process.env.DB_PASSWORD;\n"},
		"python":  {"app/settings.py", "é = 1; SECRET_KEY = 'zh!q8Zr5LmN0pX7vB3nM9kJ2'\n", "é = 1; SECRET_KEY = __import__(\"os\").environ[\"SECRET_KEY\"]\n"},
		"compose": {"docker-compose.yml", "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: Summer2025!\n", "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\n"},
		"php":     {"config.php", "<?php\n$host = 'db';\n$dbpasswd = 'Summer2025!';\n", "<?php\n$host = 'db';\n$dbpasswd = getenv('DBPASSWD');\n"},
	} {
		t.Run(name, func(t *testing.T) {
			before := fstest.MapFS{c.path: {Data: []byte(c.text)}, descriptor: {Data: []byte(app)}}
			_, found := checkTree(t, s, before)
			if len(found) != 1 || len(found[0].Edits) == 0 {
				t.Fatalf("found %+v", found)
			}
			for _, e := range found[0].Edits {
				if e.Old != "" {
					t.Errorf("an edit shows what stood there: %+v", e)
				}
			}
			after := follow(t, before, found)
			if got := string(after[c.path].Data); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if got := string(after[descriptor].Data); !strings.HasPrefix(got, app+"secrets:\n  - {name: ") {
				t.Errorf("descriptor: %s", got)
			}
			if _, left := checkTree(t, s, after); len(left) != 0 {
				t.Errorf("left: %+v", left)
			}
		})
	}
}

func TestEditsTakeOutFiles(t *testing.T) {
	before := fstest.MapFS{".env": {Data: []byte("A_PASSWORD=Summer2025!\nB_TOKEN=q8Zr5LmN0pX7\n")}, "config/master.key": {Data: []byte("3ebf21f8e5d1ab86" + "b27a720842c3bb56")}, ".gitignore": {Data: []byte("node_modules\n")}}
	_, found := checkTree(t, scanner(t), before)
	after := follow(t, before, found)
	if len(found) != 3 || len(after) != 1 || string(after[".gitignore"].Data) != "node_modules\n/.env\n/config/master.key\n" {
		t.Errorf("found %d, left %v: %s", len(found), after, after[".gitignore"].Data)
	}
}

func TestEditsOfSeveralSecrets(t *testing.T) {
	before := fstest.MapFS{
		descriptor: {Data: []byte("name: demo\nsecrets:\n- {name: OLD, store: platform, inject: env}\nregion: eu\n")},
		"a.cjs":    {Data: []byte("const dbPassword = 'Summer2025!';\nconst other = { dbPassword: 'Winter2025!' };\n")},
		"b.cjs":    {Data: []byte("const dbPassword = 'Summer2025!';\n")},
	}
	_, found := checkTree(t, scanner(t), before)
	after := follow(t, before, found)
	want := map[string]string{
		"a.cjs": "const dbPassword = process.env.DB_PASSWORD;\nconst other = { dbPassword: process.env.DB_PASSWORD_2 };\n", "b.cjs": "const dbPassword = process.env.DB_PASSWORD;\n",
		descriptor: "name: demo\nsecrets:\n- {name: DB_PASSWORD_2, store: platform, inject: env}\n- {name: DB_PASSWORD, store: platform, inject: env}\n- {name: OLD, store: platform, inject: env}\nregion: eu\n",
	}
	for name, text := range want {
		if got := string(after[name].Data); got != text {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, text)
		}
	}
}
