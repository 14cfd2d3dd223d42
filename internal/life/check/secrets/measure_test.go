package secrets

import (
	"archive/zip"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// checkTree searches a file system as paddock check does.
func checkTree(t testing.TB, s *Scanner, fsys fs.FS) (*tree.Tree, []core.Finding) {
	t.Helper()
	tr, err := tree.Load(context.Background(), fsys, tree.Limits{Files: 100_000, Total: 2_000_000_000}, true)
	if err != nil {
		t.Fatal(err)
	}
	res, _ := s.Check(context.Background(), fsys, tr)
	return tr, res.Findings
}

func place2(f core.Finding) string { return fmt.Sprintf("%s:%d", f.Path, f.Line) }

// TestLeakyRepo measures the rules on Plazmaz/leaky-repo, and holds the figures.
// -v prints precision and recall for each kind.
func TestLeakyRepo(t *testing.T) {
	z, err := zip.OpenReader("testdata/corpora/leaky-repo.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	_, found := checkTree(t, scanner(t), z)
	var mine []core.Finding
	for _, f := range found {
		if !strings.HasPrefix(f.Path, ".leaky-meta/") {
			mine = append(mine, f)
		}
	}
	risk := leakyLines(t)
	score(t, mine, risk)
	counts := leakyCounts(t, z)
	lines := map[string]map[int]bool{}
	for _, f := range mine {
		if lines[f.Path] == nil {
			lines[f.Path] = map[int]bool{}
		}
		lines[f.Path][f.Line] = true
	}
	total, files, alarms := 0, 0, 0
	for path, at := range lines {
		if counts[path] == 0 {
			alarms += len(at)
			t.Logf("false alarm in %s", path)
		} else {
			files++
		}
		total += min(len(at), counts[path])
	}
	t.Logf("by its own counts: %d of 96 lines, %d of 42 files, %d false alarms in clean files", total, files, alarms)
	if total < 86 || files < 40 || alarms > 3 {
		t.Errorf("want 86 lines and 40 files at least, and 3 false alarms in clean files at most")
	}
	labelled := 0
	for p := range risk {
		if slices.ContainsFunc(mine, func(f core.Finding) bool { return place2(f) == p }) {
			labelled++
		} else {
			t.Logf("missed %s", p)
		}
	}
	if labelled < 86 {
		t.Errorf("%d of the %d lines that hold a value are found", labelled, len(risk))
	}
}

// score prints how many findings are right, by kind, and how many of the
// labelled places are found.
func score(t *testing.T, found []core.Finding, risk map[string]bool) {
	right, all, hit := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, f := range found {
		kind := f.Code + " by " + f.Details
		if strings.HasPrefix(f.Details, "rule ") && f.Code == "secret_found" && !slices.Contains(kindNames(), strings.TrimPrefix(f.Details, "rule ")) {
			kind = "secret_found by provider rules"
		}
		all[kind]++
		if risk[place2(f)] {
			right[kind]++
			hit[place2(f)] = true
		}
	}
	kinds := make([]string, 0, len(all))
	sum, ok := 0, 0
	for k := range all {
		kinds = append(kinds, k)
		sum, ok = sum+all[k], ok+right[k]
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		t.Logf("%-45s %3d found, %3d right: precision %5.1f%%", k, all[k], right[k], 100*float64(right[k])/float64(all[k]))
	}
	t.Logf("%-45s %3d found, %3d right: precision %5.1f%%, recall %d of %d = %.1f%%", "all", sum, ok, 100*float64(ok)/float64(max(1, sum)), len(hit), len(risk), 100*float64(len(hit))/float64(max(1, len(risk))))
}

func kindNames() []string {
	var out []string
	for k := range ownKinds() {
		out = append(out, k)
	}
	return out
}

func leakyLines(t *testing.T) map[string]bool {
	b, err := os.ReadFile("testdata/corpora/leaky-repo.lines")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(string(b)), "\n") {
		part := strings.Fields(line)
		for _, n := range part[1:] {
			out[part[0]+":"+n] = true
		}
	}
	return out
}

// leakyCounts reads "path,lines with a risk,other lines".
func leakyCounts(t *testing.T, z fs.FS) map[string]int {
	b, err := fs.ReadFile(z, ".leaky-meta/secrets.csv")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for line := range strings.SplitSeq(string(b), "\n") {
		part := strings.Split(strings.TrimSpace(line), ",")
		if len(part) == 3 && !strings.HasPrefix(line, "#") {
			if n, err := strconv.Atoi(part[1]); err == nil {
				out[part[0]] = n
			}
		}
	}
	return out
}

// TestOnAFolder shows what is found in a folder:
// PADDOCK_SECRETS=folder go test -run TestOnAFolder -v
func TestOnAFolder(t *testing.T) {
	dir := os.Getenv("PADDOCK_SECRETS")
	if dir == "" {
		t.Skip("PADDOCK_SECRETS names no folder")
	}
	tr, found := checkTree(t, scanner(t), os.DirFS(dir))
	for _, f := range found {
		t.Logf("%s %s %s %s %s", f.Severity, f.Code, place2(f), f.Details, f.Quote)
	}
	t.Logf("%d findings in %d files, %d bytes", len(found), len(tr.Files), tr.Bytes)
}

// TestWindowsLoseNothing holds the patterns that run near their keywords to the
// same patterns on whole files: on the corpora, on every provider's example,
// and on PADDOCK_SECRETS if it names a folder.
func TestWindowsLoseNothing(t *testing.T) {
	near, whole := scanner(t), scanner(t)
	whole.whole = true
	z, err := zip.OpenReader("testdata/corpora/leaky-repo.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	trees := []fs.FS{z, os.DirFS("."), examples(t)}
	if dir := os.Getenv("PADDOCK_SECRETS"); dir != "" {
		trees = append(trees, os.DirFS(dir))
	}
	for _, fsys := range trees {
		_, a := checkTree(t, near, fsys)
		_, b := checkTree(t, whole, fsys)
		for _, f := range b {
			if !slices.ContainsFunc(a, func(g core.Finding) bool { return g.Fingerprint == f.Fingerprint }) {
				t.Errorf("only in the whole file: %s %s", place2(f), f.Details)
			}
		}
		if len(a) != len(b) {
			t.Errorf("%d near keywords, %d in whole files", len(a), len(b))
		}
	}
}

// examples writes one file with a value of every provider rule, made from the
// rule's own pattern, once in a line of its own and once in long lines.
func examples(t *testing.T) fs.FS {
	out := fstest.MapFS{}
	r := rand.New(rand.NewPCG(3, 4))
	for _, rule := range scanner(t).rules {
		if rule.pattern == nil {
			continue
		}
		re, err := rule.pattern()
		if err != nil {
			t.Fatal(err)
		}
		tree, err := syntax.Parse(re.String(), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for i := range 4 {
			value := sampleOf(r, tree)
			switch i % 2 {
			case 0:
				fmt.Fprintf(&b, "x\n%s\ny\n", value)
			default:
				fmt.Fprintf(&b, "%s %s %s\n", strings.Repeat("lorem ", 500), value, strings.Repeat("ipsum ", 500))
			}
		}
		for _, w := range rule.keywords {
			b.WriteString("\n" + w + "\n")
		}
		out["src/"+rule.id+".yaml"] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return out
}

// sampleOf makes a text that a pattern matches.
func sampleOf(r *rand.Rand, re *syntax.Regexp) string {
	var b strings.Builder
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		for range 50 {
			i := 2 * r.IntN(len(re.Rune)/2)
			if low, high := max(re.Rune[i], 0x21), min(re.Rune[i+1], 0x7e); low <= high {
				return string(low + rune(r.IntN(int(high-low)+1)))
			}
		}
		return " "
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "." // what most rules mean by it
	case syntax.OpAlternate:
		return sampleOf(r, re.Sub[r.IntN(len(re.Sub))])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		n := 1 + r.IntN(2)
		if re.Op == syntax.OpRepeat {
			n = re.Min
			if re.Max > re.Min {
				n += r.IntN(re.Max - re.Min + 1)
			} else if re.Max < 0 {
				n += r.IntN(20)
			}
		} else if re.Op == syntax.OpQuest {
			n = r.IntN(2)
		}
		for range n {
			b.WriteString(sampleOf(r, re.Sub[0]))
		}
		return b.String()
	}
	for _, sub := range re.Sub {
		b.WriteString(sampleOf(r, sub))
	}
	return b.String()
}
