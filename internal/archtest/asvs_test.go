package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	asvsRow  = regexp.MustCompile(`(?m)^\| (V\d+\.\d+\.\d+) \| ([12]) \| [^|]+ \| ([a-z ]+) \| ([^|]+) \| ([^|]+) \|$`)
	testName = regexp.MustCompile("`([a-z0-9/]+)\\.(Test[A-Za-z0-9_]+|Fuzz[A-Za-z0-9_]+)`")
)

// TestASVS holds docs/security.md to the official list of rows, and the tests
// that it names to the code: a row that is met names at least one.
func TestASVS(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile("testdata/asvs.txt")
	if err != nil {
		t.Fatal(err)
	}
	official := map[string]string{}
	for _, line := range strings.Split(string(list), "\n") {
		if id, level, ok := strings.Cut(line, " "); ok && strings.HasPrefix(id, "V") {
			official[id] = level
		}
	}
	if len(official) < 90 {
		t.Fatalf("the official list has %d rows only", len(official))
	}
	for _, fault := range asvsFaults(string(text), official, testsOf) {
		t.Error(fault)
	}
	broken := strings.NewReplacer("| V7.2.4 |", "| V7.2.9 |", "TestNobodyFixesASession", "TestNobody").Replace(string(text))
	if faults := asvsFaults(broken, official, testsOf); len(faults) != 3 {
		t.Errorf("a page with a row that is missing, one that does not exist and a test that does not exist has the faults %q", faults)
	}
}

// asvsFaults says what is wrong with a page of rows.
func asvsFaults(text string, official map[string]string, tests func(dir string) map[string]bool) (faults []string) {
	seen := map[string]bool{}
	for _, m := range asvsRow.FindAllStringSubmatch(text, -1) {
		id, level, status, named := m[1], m[2], m[3], testName.FindAllStringSubmatch(m[5], -1)
		switch {
		case official[id] != level:
			faults = append(faults, id+" of level "+level+" is not in the official list")
		case seen[id]:
			faults = append(faults, id+" stands there twice")
		case status == "met" && len(named) == 0:
			faults = append(faults, id+" is met, but no test shows it")
		case status != "met" && status != "not met" && status != "not applicable":
			faults = append(faults, id+" has the status "+status+": write met, not met or not applicable")
		}
		seen[id] = true
		for _, n := range named {
			if !tests(n[1])[n[2]] {
				faults = append(faults, id+" names "+n[1]+"."+n[2]+", which does not exist")
			}
		}
	}
	for id := range official {
		if !seen[id] {
			faults = append(faults, "docs/security.md lacks "+id)
		}
	}
	return faults
}

// testsOf returns the names of the tests of one package.
func testsOf(dir string) map[string]bool {
	out := map[string]bool{}
	files, _ := filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				out[fn.Name.Name] = true
			}
		}
	}
	return out
}
