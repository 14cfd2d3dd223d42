package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

func scaffold(t *testing.T, name string, params map[string]string) map[string][]byte {
	t.Helper()
	rev, err := Load(context.Background(), starter(t), "r")
	if err != nil {
		t.Fatal(FormatErrors(err))
	}
	tpl := rev.Templates[name]
	params, err = CheckParameters(tpl, params)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Scaffold(tpl, tracker(), params, rev.Files)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestScaffold(t *testing.T) {
	for _, name := range []string{"internal-dashboard", "simple-dashboard", "intake-form"} {
		files := scaffold(t, name, nil)
		for _, want := range []string{"microapp.yaml", ".github/workflows/paddock.yml", ".gitlab-ci.yml", "AGENTS.md", "README.md", "src/worker.ts", "public/index.html", "package.json", "package-lock.json"} {
			if files[want] == nil {
				t.Errorf("%s: no %s", name, want)
			}
		}
		for path, b := range files {
			if m := placeholder.Find(b); m != nil && m[0] != '$' {
				t.Errorf("%s: %s still has %s", name, path, m)
			}
			if bytes.Contains(b, []byte("<script>")) || bytes.Contains(b, []byte("innerHTML")) && path != "AGENTS.md" {
				t.Errorf("%s: %s has script inside a page", name, path)
			}
		}
		var lock struct{ Name string }
		if err := json.Unmarshal(files["package-lock.json"], &lock); err != nil || lock.Name != "candidate-tracker" {
			t.Errorf("%s: package-lock.json: %v %q", name, err, lock.Name)
		}
		d, _, err := ParseDescriptor(DescriptorFile, files["microapp.yaml"])
		if err != nil || d.Name != "candidate-tracker" {
			t.Errorf("%s: microapp.yaml: %v", name, err)
		}
	}
}

// The pipeline is pinned, asks for little and uses no stored key (CHK-1, SEC-3).
func TestPipeline(t *testing.T) {
	files := scaffold(t, "internal-dashboard", nil)
	var gh struct {
		Permissions map[string]string
		Jobs        map[string]struct {
			Permissions map[string]string
			Steps       []struct{ Uses, Run string }
		}
	}
	if err := yaml.Unmarshal(files[".github/workflows/paddock.yml"], &gh); err != nil {
		t.Fatal(err)
	}
	if len(gh.Permissions) != 0 || len(gh.Jobs) != 1 {
		t.Errorf("%+v", gh)
	}
	job := gh.Jobs["check"]
	if len(job.Permissions) != 2 || job.Permissions["contents"] != "read" || job.Permissions["id-token"] != "write" {
		t.Errorf("permissions = %v", job.Permissions)
	}
	runs := ""
	for _, s := range job.Steps {
		if _, sha, _ := strings.Cut(s.Uses, "@"); s.Uses != "" && len(sha) != 40 {
			t.Errorf("%s is not pinned", s.Uses)
		}
		runs += s.Run
	}
	if !strings.HasSuffix(runs, "check .") {
		t.Errorf("it runs %q", runs)
	}
	var gl map[string]struct {
		Script   []string
		IDTokens map[string]map[string]string `yaml:"id_tokens"`
	}
	if err := yaml.Unmarshal(files[".gitlab-ci.yml"], &gl); err != nil {
		t.Fatal(err)
	}
	if p := gl["paddock"]; !slices.Equal(p.Script, []string{"paddock check ."}) || p.IDTokens["PADDOCK_ID_TOKEN"]["aud"] != "paddock" {
		t.Errorf("%+v", p)
	}
}

// What a maker writes in the form stays text, wherever it goes.
func TestFormValuesStayText(t *testing.T) {
	evil := `"></p><script>alert(1)</script>'` + "`${x}\\"
	files := scaffold(t, "internal-dashboard", map[string]string{"team": evil})
	page := string(files["public/index.html"])
	if strings.Contains(page, "alert(1)</script>") || !strings.Contains(page, `&#34;&gt;&lt;/p&gt;&lt;script&gt;`) {
		t.Errorf("the page holds %s", page)
	}
	values := map[string]string{"v": evil}
	script, err := replace("a.ts", []byte(`const a = "{{v}}", b = '{{ v }}', c = `+"`{{v}}`"), values)
	if err != nil || strings.Count(string(script), "`") != 2 || strings.Contains(string(script), "${") || strings.Contains(string(script), "</script") {
		t.Errorf("%s %v", script, err)
	}
	doc, err := replace("a.json", []byte(`{"v":"{{v}}"}`), values)
	var back map[string]string
	if err != nil || json.Unmarshal(doc, &back) != nil || back["v"] != evil {
		t.Errorf("%s %v", doc, err)
	}
	for _, name := range []string{"a.yaml", "a.css", "Dockerfile", "a.toml"} {
		if _, err := replace(name, []byte("x: {{v}}"), values); core.CodeOf(err) != core.Invalid {
			t.Errorf("%s accepts it: %v", name, err)
		}
	}
	// A value that looks like a placeholder is not replaced again.
	if got, err := replace("a.md", []byte("{{v}}"), map[string]string{"v": "{{app}}", "app": "x"}); err != nil || string(got) != "{{app}}" {
		t.Errorf("%s %v", got, err)
	}
	if got, _ := replace("a.png", []byte("\xff{{v}}"), values); string(got) != "\xff{{v}}" {
		t.Errorf("a picture was changed: %q", got)
	}
}

func TestScaffoldRefusesABadDescriptor(t *testing.T) {
	d := tracker()
	d.Name = "Not A Name"
	if _, err := Scaffold(core.Template{SkeletonDir: "s"}, d, nil, fstest.MapFS{"s/a": {Data: []byte("x")}}); core.CodeOf(err) != core.Invalid {
		t.Errorf("error = %v", err)
	}
}

func TestParameters(t *testing.T) {
	tpl := core.Template{Name: "t", Parameters: []core.Parameter{
		{Name: "team", Title: "Your team", Type: "string", Default: "Ours"},
		{Name: "code", Title: "Cost centre", Type: "string", Pattern: "[0-9]{4}", Help: "Four digits.", Required: true},
		{Name: "size", Title: "Size", Type: "choice", Choices: []string{"small", "large"}},
	}}
	got, err := CheckParameters(tpl, map[string]string{"code": " 1234 ", "size": "small"})
	if err != nil || got["team"] != "Ours" || got["code"] != "1234" || got["size"] != "small" {
		t.Errorf("%v %v", got, err)
	}
	for name, c := range map[string]struct {
		in   map[string]string
		want string
	}{
		"missing":  {map[string]string{}, `parameters.code: "Cost centre" is empty. Fill it in.`},
		"pattern":  {map[string]string{"code": "12345"}, `parameters.code: "12345" does not fit "Cost centre". Four digits.`},
		"choice":   {map[string]string{"code": "1234", "size": "smal"}, `parameters.size: "smal" is not a choice for "Size". Did you mean "small"?`},
		"unknown":  {map[string]string{"code": "1234", "taem": "x"}, `parameters.taem: The template "t" has no field "taem". Did you mean "team"?`},
		"newline":  {map[string]string{"code": "1234", "team": "a\nb"}, `parameters.team: "Your team" has a character that cannot be used. Write it on one line.`},
		"too long": {map[string]string{"code": "1234", "team": strings.Repeat("x", 201)}, `parameters.team: "Your team" is longer than 200 characters. Make it shorter.`},
	} {
		if _, err := CheckParameters(tpl, c.in); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}
