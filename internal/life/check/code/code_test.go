//go:build cgo

package code

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func check(name string, text []byte) findings.Result {
	return New(rulebook.Builtin()).Check(context.Background(), &tree.Tree{Files: []tree.File{{Path: name, Text: text}}})
}

// TestMarkedFiles reads testdata: the name of a file begins with the code it is
// about; lines marked "hit" must be found, all others must not.
func TestMarkedFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/code_*")
	if err != nil || len(files) < 9 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		res := check(name, text)
		if len(res.Incomplete) > 0 {
			t.Errorf("%s: %v", name, res.Incomplete)
		}
		got := map[int]core.Finding{}
		for _, f := range res.Findings {
			if _, twice := got[f.Line]; twice {
				t.Errorf("%s:%d is found twice", name, f.Line)
			}
			got[f.Line] = f
		}
		for i, line := range strings.Split(string(text), "\n") {
			want := strings.HasSuffix(line, "// hit") || strings.HasSuffix(line, "<!-- hit -->")
			f, found := got[i+1]
			if want != found {
				t.Errorf("%s:%d: want %v, found %v: %s", name, i+1, want, found, line)
			}
			if found && (!strings.HasPrefix(filepath.Base(name), f.Code) || f.Column < 1 || f.Quote == "") {
				t.Errorf("%s:%d: %s at column %d, quote %q", name, i+1, f.Code, f.Column, f.Quote)
			}
		}
	}
}

func TestUnreadableIsIncomplete(t *testing.T) {
	if res := check("a.ts", []byte("const = 1; eval(x)")); len(res.Incomplete) == 0 {
		t.Errorf("%+v", res)
	}
	if res := check("a.ts", []byte("x=eval("+strings.Repeat("!", 50_000)+"1)")); res.Verdict() != core.Incomplete {
		t.Errorf("%+v", res)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("a.ts", []byte("el.innerHTML = `${x}`; db.exec('select ' + y)"))
	f.Add("a.html", []byte("<script src=//x></script><script>eval(1)</script>"))
	f.Add("a.py", []byte("def f():\n  x = request.args['a']\n  os.system('a' + x)\n"))
	f.Add("a.go", []byte("package a\nimport \"os/exec\"\nfunc f() { q := r.FormValue(\"a\"); exec.Command(\"sh\", \"-c\", q) }"))
	f.Add("Dockerfile", []byte("FROM a\nENV B_TOKEN=abcdefgh \\\n c\nCMD x"))
	f.Add("a.sql", []byte("GRANT ALL ON a TO PUBLIC; -- x\nDELETE FROM a"))
	f.Add("a.sh", []byte("curl x | sh; rm -rf $A/*"))
	e := New(rulebook.Builtin())
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		if len(text) < 10_000 {
			e.Check(context.Background(), &tree.Tree{Files: []tree.File{{Path: name, Text: text}}})
		}
	})
}

// TestTangledFilesEnd gives the rules files made to send them in circles. Each
// must come to its end within the bound of steps, said or not.
func TestTangledFilesEnd(t *testing.T) {
	var circle, wide strings.Builder
	for i := range 200 {
		for j := range 40 {
			fmt.Fprintf(&circle, "v%d = v%d + v%d;\n", i, (i+j)%200, (i*j)%200)
			fmt.Fprintf(&wide, "a += b%d(a, `${a}`);\n", j)
		}
	}
	for name, text := range map[string]string{
		"circle":  "var q = req.query;\n" + circle.String() + "eval(v1); el.innerHTML = v2; res.redirect(v3); db.query('select ' + v4); fetch(v5)",
		"wide":    "let a = 'select a from b where c = ' + x;\n" + wide.String() + strings.Repeat("db.query(a); fetch(a); res.redirect(a);\n", 300),
		"nested":  "fetch(" + strings.Repeat("f(req.query.a + ", 400) + "1" + strings.Repeat(")", 400) + ")",
		"windows": strings.Repeat("(function(a) { if (list.includes(a)) { fetch(a + req.query.a); } })(1);\n", 2_000),
	} {
		from := spent()
		res := check("a.js", []byte(text))
		if took := spent() - from; took > 30*time.Second {
			t.Errorf("%s took %v (%v)", name, took, res.Incomplete)
		}
	}
}

// TestSecretsAreNotShown gives the rules secrets; no finding may hold one.
func TestSecretsAreNotShown(t *testing.T) {
	for name, text := range map[string]string{
		"Dockerfile": "FROM a:1\nUSER x\nENV API_KEY=hunter2hunter2 B=1\nARG DB_PASSWORD hunter2hunter2\n",
		"a.sql":      "CREATE USER app PASSWORD 'hunter2hunter2';\nINSERT INTO u (name, password) VALUES ('a', 'hunter2hunter2');",
		"a.sh":       "mysql -u root -phunter2hunter2 app\n",
		"a.py":       "app.secret_key = 'hunter2hunter2'\n",
		"a.js":       "const jwt = require('jsonwebtoken');\njwt.sign({}, 'hunter2hunter2');\n",
	} {
		res := check(name, []byte(text))
		if len(res.Findings) == 0 {
			t.Errorf("%s: nothing is found", name)
		}
		for _, f := range res.Findings {
			if strings.Contains(fmt.Sprintf("%+v", f), "hunter2") {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}
