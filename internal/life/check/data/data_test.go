package data

import (
	"bufio"
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func check(descriptor string, files ...string) findings.Result {
	tr := &tree.Tree{Files: []tree.File{{Path: "microapp.yaml", Text: []byte(descriptor)}}}
	for i := 0; i+1 < len(files); i += 2 {
		tr.Files = append(tr.Files, tree.File{Path: files[i], Text: []byte(files[i+1])})
	}
	var d core.Descriptor
	if err := yaml.Unmarshal([]byte(descriptor), &d); err != nil {
		panic(err)
	}
	in := Input{Tree: tr, Descriptor: &d}
	in.File, _ = microapp.Find(tr)
	return Check(context.Background(), in)
}

// score counts how often the check is right.
type score struct{ n, hit, miss, extra int }

func (s score) precision() float64 { return float64(s.hit) / float64(max(1, s.hit+s.extra)) }
func (s score) recall() float64    { return float64(s.hit) / float64(max(1, s.hit+s.miss)) }

// TestCorpus holds the check to examples. Every fourth one is held out, so that
// its figures say how the rules do on what they were not written for.
func TestCorpus(t *testing.T) {
	f, err := os.Open("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all [2]score
	s := bufio.NewScanner(f)
	for line, n := 1, 0; s.Scan(); line++ {
		if s.Text() == "" || strings.HasPrefix(s.Text(), "#") {
			continue
		}
		path, rest, _ := strings.Cut(s.Text(), " | ")
		i := strings.LastIndex(rest, " => ")
		text := strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(rest[:i])
		want := strings.Fields(strings.TrimPrefix(rest[i+4:], "-"))
		slices.Sort(want)
		got := check("name: x\nclassification: internal\n", path, text).Detected.Data
		held := 0
		if n++; n%4 == 0 {
			held = 1
		}
		at := &all[held]
		at.n++
		for _, g := range got {
			if slices.Contains(want, g) {
				at.hit++
			} else {
				at.extra++
			}
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				at.miss++
			}
		}
		if held == 0 && !slices.Equal(got, want) {
			t.Errorf("line %d, %s: %s\n got  %q\n want %q", line, path, text, got, want)
		}
	}
	for i, what := range []string{"open", "held out"} {
		s := all[i]
		t.Logf("%s: %d examples, precision %.3f (%d of %d), recall %.3f (%d of %d)", what, s.n, s.precision(), s.hit, s.hit+s.extra, s.recall(), s.hit, s.hit+s.miss)
	}
	if all[0].n+all[1].n < 200 || all[1].precision() < 0.9 || all[1].recall() < 0.85 {
		t.Errorf("too few examples, or too often wrong on those held out: %+v", all)
	}
}

// TestEdits holds the edits to descriptors of each shape: after them, all that
// was seen is declared and the classification fits.
func TestEdits(t *testing.T) {
	sql := "CREATE TABLE patients (email TEXT, diagnosis TEXT);"
	for _, text := range []string{
		"name: x\nclassification: internal\n", "name: x\nclassification: public\ndata: []\n", "data: [contact]\nclassification: internal\n",
		"classification: internal # yet\ndata:\n  - contact\nname: x\n", "data:\nclassification: restricted\n", "classification: internal\ndata:\n- contact\n- identity\n",
	} {
		var edits []core.Edit
		for _, f := range check(text, "a.sql", sql).Findings {
			edits = append(edits, f.Edits...)
		}
		now := apply(text, edits)
		for _, f := range check(now, "a.sql", sql).Findings {
			if f.Code != "data_unseen" {
				t.Errorf("%q became %q: %s", text, now, f.What)
			}
		}
		if !strings.Contains(now, "classification: phi") {
			t.Errorf("%q became %q", text, now)
		}
	}
}

func apply(text string, edits []core.Edit) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	slices.SortStableFunc(edits, func(a, b core.Edit) int { return b.Line - a.Line })
	for _, e := range edits {
		switch {
		case e.Kind == core.EditReplace:
			l := lines[e.Line-1]
			lines[e.Line-1] = l[:e.Column-1] + e.New + l[e.End-1:]
		case e.Line == 0:
			lines = append(lines, e.New)
		default:
			lines = slices.Insert(lines, e.Line, e.New)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestFindings(t *testing.T) {
	res := check("name: x\nclassification: internal\ndata: [payment]\n", "a.sql", "CREATE TABLE users (\n  email TEXT,\n  blood_type TEXT\n);")
	var got []string
	for _, f := range res.Findings {
		got = append(got, f.Code+" "+f.Path)
		if f.Blocking {
			t.Errorf("%s blocks by itself", f.Code)
		}
	}
	if want := "data_undeclared a.sql|data_found_above_classification a.sql|data_unseen microapp.yaml"; strings.Join(got, "|") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if res.Detected.Proposed != core.PHI || res.Findings[1].Line != 3 {
		t.Errorf("%+v", res)
	}
	if res := check("name: x\nclassification: phi\ndata: [contact, health]\n", "a.sql", "CREATE TABLE users (email TEXT, blood_type TEXT);"); len(res.Findings) != 0 {
		t.Errorf("%+v", res.Findings)
	}
}

// TestNoEditAboveTheTemplate: an edit that the rules would refuse is none.
func TestNoEditAboveTheTemplate(t *testing.T) {
	text := "name: x\nclassification: internal\n"
	for most, want := range map[core.Classification]bool{"": true, core.PHI: true, core.Restricted: false} {
		tr := &tree.Tree{Files: []tree.File{{Path: "microapp.yaml", Text: []byte(text)}, {Path: "a.sql", Text: []byte("CREATE TABLE patients (diagnosis TEXT);")}}}
		in := Input{Tree: tr, Descriptor: &core.Descriptor{Classification: core.InternalUse}, Most: most}
		in.File, _ = microapp.Find(tr)
		f := Check(context.Background(), in).Findings[0]
		if got := slices.ContainsFunc(f.Edits, func(e core.Edit) bool { return e.New == "phi" }); got != want {
			t.Errorf("%q: %+v", most, f.Edits)
		}
	}
}

// TestValuesAreNeverShown puts values into a sample and looks for them in all
// that the check says.
func TestValuesAreNeverShown(t *testing.T) {
	res := check("name: x\nclassification: internal\n", "a.csv", "email,x\nann.secret@b.de,DE89370400440532013000\nbob.secret@b.de,GB82WEST12345698765432\ncy.secret@b.de,FR1420041010050500013M02606\n",
		"a.json", `[{"iban": "DE89370400440532013000"}, {"iban": "GB82WEST12345698765432"}]`)
	if len(res.Findings) != 2 {
		t.Errorf("%+v", res.Findings)
	}
	for _, f := range res.Findings {
		if all := strings.Join(append(f.Fix, f.What, f.Quote, f.Details), " "); strings.Contains(all, "secret") || strings.Contains(all, "DE89") {
			t.Errorf("a value is shown: %s", all)
		}
	}
}

func TestChecksums(t *testing.T) {
	for v, want := range map[string]string{
		"DE89 3704 0044 0532 0130 00": "iban", "DE88 3704 0044 0532 0130 00": "", "4111 1111 1111 1111": "card number", "4111 1111 1111 1112": "", "1234567890123": "",
		"86095742719": "steuer id", "86095742718": "", "11111111111": "", "255081416802538": "nir", "255081416802539": "", "12345678Z": "dni", "12345678A": "", "X1234567L": "dni",
		"078-05-1120": "ssn", "000-12-3456": "", "a@b.de": "email", "a@b": "", "+49 30 1234567": "phone", "2026-01-01": "",
	} {
		if got := valueKind(v); got != want {
			t.Errorf("%s: got %q, want %q", v, got, want)
		}
	}
}

// TestData holds the words to their shape, and the least classifications to the
// starter's rules.
func TestData(t *testing.T) {
	l, err := load()
	if err != nil || len(l.sure) < 300 || len(l.date) != 10 {
		t.Fatalf("%d words, date %q, %v", len(l.sure), l.date, err)
	}
	for name := range l.sure {
		if strings.Join(parts(name), " ") != name {
			t.Errorf("%q cannot be found: it is read as %q", name, parts(name))
		}
		if l.maybe[name] != "" {
			t.Errorf("%q is sure and maybe", name)
		}
	}
	rules, err := os.ReadFile("../../../../governance/policies/classification.rego")
	if err != nil {
		t.Fatal(err)
	}
	for _, cat := range categories() {
		if want := `"` + cat + `": "` + string(least(cat)) + `"`; !strings.Contains(string(rules), want) {
			t.Errorf("the rules do not say %s", want)
		}
	}
}

func TestUnreadableDescriptor(t *testing.T) {
	if res := Check(context.Background(), Input{Tree: &tree.Tree{}}); res.Verdict() != core.Incomplete {
		t.Errorf("%+v", res)
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"CREATE TABLE users (email TEXT", "interface A { b: c", `[{"a": 1}, {"a": 2}]`, "a,b\n1,2\n", "<form><input name=x>", "class A(Base):\n  x = Column()", "\"properties\": {"} {
		for _, p := range []string{"a.sql", "a.ts", "a.json", "a.csv", "a.html", "a.py", "a.php"} {
			f.Add(p, s)
		}
	}
	f.Fuzz(func(t *testing.T, path, text string) { check("name: x\n", path, text) })
}
