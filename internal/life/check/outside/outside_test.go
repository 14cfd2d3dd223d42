package outside

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func app(t testing.TB) *tree.Tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"src/db.js":   "const key = \"AKIA\" + \"QX7YJ2LM4NOPB5TC\";\nconst q = db.query(\"select * from t where id = \" + req.query.id);\n",
		"src/tool.py": "import subprocess\n\nsubprocess.run(x, shell=True)\n",
		"go.mod":      "module example.com/app\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tr, err := tree.Load(context.Background(), fsys, tree.Limits{}, false)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func check(t testing.TB, commit string, names ...string) findings.Result {
	t.Helper()
	var logs []*Log
	for _, n := range names {
		data, err := os.ReadFile(filepath.Join("testdata", n+".sarif"))
		if err != nil {
			t.Fatal(err)
		}
		l, err := Read(n+".sarif", data)
		if err != nil {
			t.Fatal(err)
		}
		logs = append(logs, l)
	}
	return Check(logs, app(t), commit)
}

// TestTools reads what each tool writes. gitleaks and osv-scanner wrote their
// files themselves; the others follow what the tools' documents and users show.
func TestTools(t *testing.T) {
	for tool, want := range map[string][]string{
		"gitleaks":    {"outside_secret src/db.js:1:14 true gitleaks found a secret by its rule `aws-access-token`. |"},
		"osv-scanner": {"outside_caution go.mod:0:0 false osv-scanner says: `Package 'golang.org/x/net@0.7.0' is vulnerable to "},
		"semgrep": {"outside_grave src/db.js:2:11 true Semgrep OSS says: `User data flows into SQL` |const q = db.query(\"select * from t where id = \" + req.query.id);",
			"outside_note src/db.js:1:1 false Semgrep OSS says: `console` |"},
		"codeql": {"outside_grave src/db.js:2:5 true CodeQL says: `Cross-site scripting due to [user value](1)` |",
			"outside_caution src/db.js:1:1 false CodeQL says: `Slow loop` |"},
		"snyk": {"outside_grave src/db.js:2:1 true SnykCode says: `Unsanitized input flows into [query](0)` |",
			"outside_secret src/db.js:1:7 true SnykCode found a secret by its rule `javascript/HardcodedNonCryptoSecret`. |"},
		"trivy":  {"outside_caution go.mod:1:1 false Trivy says: `Package: golang.org/x/net` |module example.com/app"},
		"eslint": {"outside_grave src/db.js:2:1 true ESLint says: `eval can be harmful` |"},
		"bandit": {"outside_grave src/tool.py:3:1 true Bandit says: `subprocess call with shell=True identified, security issue` |subprocess.run(x, shell=True)"},
	} {
		t.Run(tool, func(t *testing.T) {
			res := check(t, "", tool)
			if len(res.Incomplete) > 0 {
				t.Errorf("incomplete: %q", res.Incomplete)
			}
			for i, w := range want {
				if i >= len(res.Findings) {
					t.Fatalf("%d findings, want one like %q", len(res.Findings), w)
				}
				f := res.Findings[i]
				got := fmt.Sprintf("%s %s:%d:%d %v %s |%s", f.Code, f.Path, f.Line, f.Column, f.Blocking, f.What, f.Quote)
				if !strings.HasPrefix(got, w) {
					t.Errorf("got  %s\nwant %s", got, w)
				}
			}
			for _, f := range res.Findings {
				if s := fmt.Sprint(f); strings.Contains(s, "AKIAQX7YJ2LM4NOPB5TC") || strings.Contains(s, "do not show") {
					t.Errorf("a finding shows what the tool quoted: %s", s)
				}
			}
		})
	}
}

func TestTheSameFileTwiceCountsOnce(t *testing.T) {
	one, two := check(t, "", "semgrep", "snyk"), check(t, "", "semgrep", "snyk", "snyk")
	if len(one.Findings) == 0 || len(one.Findings) != len(two.Findings) {
		t.Errorf("%d findings, twice %d", len(one.Findings), len(two.Findings))
	}
}

func TestSettledThereIsSettled(t *testing.T) {
	if res := check(t, "", "semgrep"); !strings.Contains(res.Looked, "3 results of Semgrep OSS 1.90.0; 1 settled") {
		t.Error(res.Looked)
	}
}

// TestSilenceIsNotHealth gives logs of runs that did not look at everything.
func TestSilenceIsNotHealth(t *testing.T) {
	for _, c := range []struct{ name, run, want string }{
		{"failed", `"invocations":[{"executionSuccessful":false}],"results":[]`, "its run failed"},
		{"a fault", `"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"error","message":{"text":"out of memory in a.js"}}]}],"results":[]`, "out of memory in a.js"},
		{"no list", `"language":"en"`, "gave no list of results"},
		{"another commit", `"versionControlProvenance":[{"revisionId":"deadbeef"}],"results":[]`, "another commit, deadbeef"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := Read("x.sarif", []byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},`+c.run+`}]}`))
			if err != nil {
				t.Fatal(err)
			}
			res := Check([]*Log{l}, app(t), "cafe")
			if res.Verdict() != core.Incomplete || !strings.Contains(strings.Join(res.Incomplete, " "), c.want) {
				t.Errorf("%s %q, want %q", res.Verdict(), res.Incomplete, c.want)
			}
		})
	}
}

func TestPassesAreNoFindings(t *testing.T) {
	l, err := Read("x.sarif", []byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"conftest"}},"results":[
		{"kind":"pass","level":"none","message":{"text":"ok"}},{"level":"none","message":{"text":"ok"}},{"baselineState":"absent","message":{"text":"gone"}},
		{"message":{"text":"no place, no rule"}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	res := Check([]*Log{l}, app(t), "")
	if len(res.Findings) != 1 || res.Findings[0].Code != "outside_caution" || res.Findings[0].Path != "" {
		t.Errorf("got %+v", res.Findings)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name, text string
		code       core.Code
		want       string
	}{
		{"nothing", ``, core.Unreadable, "is not SARIF"},
		{"a list", `[]`, core.Unreadable, "is not SARIF"},
		{"old", `{"version":"2.0.0","runs":[]}`, core.Unreadable, "its version is 2.0.0, not 2.1.0"},
		{"no run", `{"version":"2.1.0","runs":[]}`, core.Unreadable, "no run of a tool"},
		{"nameless", `{"version":"2.1.0","runs":[{"tool":{"driver":{}}}]}`, core.Unreadable, "does not name its tool"},
		{"wrong type", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"level":3}]}]}`, core.Unreadable, "at runs.results.level it holds a number"},
		{"doubled", `{"version":"2.1.0","version":"2.1.0","runs":[]}`, core.Unreadable, "duplicate"},
		{"deep", `{"version":"2.1.0","properties":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, core.Unreadable, "nested too deep"},
		{"cut", `{"version":"2.1.0","runs":[`, core.Unreadable, "is not SARIF"},
		{"many runs", `{"version":"2.1.0","runs":[` + strings.Repeat(`{},`, 20) + `{}]}`, core.TooLarge, "21 runs"},
		{"many results", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[` + strings.Repeat(`{},`, 25_000) + `{}]}]}`, core.TooLarge, "25001 results"},
		{"large", strings.Repeat(" ", MaxSize+1), core.TooLarge, "larger than 50 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read("a.sarif", []byte(c.text))
			if core.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v (%s), want %q (%s)", err, core.CodeOf(err), c.want, c.code)
			}
		})
	}
}

// TestKeptIsReadAgain: what is kept finds the same, and holds nothing that a tool
// quoted.
func TestKeptIsReadAgain(t *testing.T) {
	files, err := filepath.Glob("testdata/*.sarif")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Read(name, data)
		if err != nil {
			t.Fatal(err)
		}
		body, digest, err := l.Kept()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read(name, body)
		if err != nil {
			t.Fatal(err)
		}
		if _, second, _ := again.Kept(); second != digest || again.Results() != l.Results() {
			t.Errorf("%s: kept again it is another", name)
		}
		if a, b := Check([]*Log{l}, app(t), ""), Check([]*Log{again}, app(t), ""); fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s finds\n%v\nkept it finds\n%v", name, a, b)
		}
		for _, quoted := range []string{"AKIAQX7YJ2LM4NOPB5TC", "do not show"} {
			if strings.Contains(string(body), quoted) {
				t.Errorf("%s keeps %q", name, quoted)
			}
		}
	}
}

func TestPlaces(t *testing.T) {
	run := &sarifRun{Bases: map[string]address{"A": {URI: "sub/", Base: "B"}, "B": {URI: "file:///w/"}, "C": {URI: "x", Base: "C"}}}
	p := places{run, app(t)}
	for _, c := range []struct {
		in    address
		want  string
		known bool
	}{
		{address{URI: "src/db.js"}, "src/db.js", true},
		{address{URI: "./src/../src/db.js"}, "src/db.js", true},
		{address{URI: `C:\work\src\db.js`}, "src/db.js", true},
		{address{URI: "file://host/w/src/db%2Ejs"}, "src/db.js", true},
		{address{URI: "src/db.js", Base: "A"}, "src/db.js", true},
		{address{URI: "q", Base: "C"}, "x/x/x/x/x/q", false},
		{address{URI: "../../etc/passwd"}, "etc/passwd", false},
		{address{URI: "lib/src/db.js"}, "lib/src/db.js", false},
	} {
		if got, known := p.file(c.in); got != c.want || known != c.known {
			t.Errorf("%+v: %q %v, want %q %v", c.in, got, known, c.want, c.known)
		}
	}
}

func FuzzRead(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.sarif")
	for _, n := range names {
		data, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	tr := app(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Read("x.sarif", data)
		if err != nil {
			return
		}
		for _, g := range Check([]*Log{l}, tr, "c").Findings {
			if g.Fingerprint == "" || strings.HasPrefix(g.Path, "/") || strings.HasPrefix(g.Path, "../") {
				t.Errorf("finding %+v", g)
			}
		}
	})
}
