package yamltree

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func parse(s string) (*Doc, *Fault) { return Parse(tree.File{Path: "a.yml", Text: []byte(s)}) }

func TestGetFollowsAliasesAndMerges(t *testing.T) {
	d, fault := parse("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nlist: [a, *b]\n---\nsecond: true\n")
	if fault != nil || len(d.Roots) != 2 {
		t.Fatalf("%v %+v", fault, d)
	}
	if got := Text(Get(d.Root(), "use", "x")) + Text(Get(d.Root(), "use", "y")); got != "13" {
		t.Errorf("got %q", got)
	}
	if !True(Get(d.Roots[1], "second")) || Get(d.Root(), "use", "z") != nil || len(Items(Get(d.Root(), "list"))) != 2 {
		t.Error("a value is missing, or there is one too many")
	}
}

// TestBombsAreNotRead gives the reader texts that grow or nest without end.
func TestBombsAreNotRead(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'i'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+p+",", 8) + "*" + p + "]\n"
	}
	for name, text := range map[string]string{
		"aliases":  bomb,
		"brackets": strings.Repeat("[", 5000),
		"items":    strings.Repeat("- ", 5000) + "x",
		"indent":   deepIndent(500),
		"large":    strings.Repeat("# x\n", 300_000),
		"itself":   "a: &a\n  b: *a\n",
	} {
		if _, fault := parse(text); fault == nil || (!fault.Bound && name != "itself") {
			t.Errorf("%s: %+v", name, fault)
		}
	}
}

func deepIndent(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestFaultHasItsLine(t *testing.T) {
	if _, fault := parse("a: 1\nb: [\n"); fault == nil || fault.Line < 2 || fault.Bound {
		t.Errorf("%+v", fault)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a: &a [1, *a]\n"))
	f.Add([]byte("? - - {a: b}\n: |\n  x\n"))
	f.Add([]byte("a: \t1\n<<: [*b]"))
	f.Add([]byte("#a\n  # b\na:\n  - b #x\n  # foot\n\n# c\n- - - ? x\n\t"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, fault := Parse(tree.File{Path: "a.yml", Text: text})
		for _, r := range d.Roots {
			_ = Pairs(r)
			_ = Items(r)
		}
		if fault != nil && fault.Text == "" {
			t.Error("a fault without words")
		}
	})
}
