package script

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func read(name, text string) *Set {
	return Read(context.Background(), &tree.Tree{Files: []tree.File{{Path: name, Text: []byte(text)}}})
}

// TestRightScripts have no faults, whatever the language allows today.
func TestRightScripts(t *testing.T) {
	for name, c := range map[string]struct{ file, text string }{
		"typescript": {"a.ts", "interface A { x: string }\n\nexport const a: string = \"one\";\nfunction f(x?: A): void {\n  g('two', x as any);\n}\n"},
		"accents":    {"a.js", "/* é𝄞 */ g(\"é𝄞\", 'z');\n"},
		"jsx":        {"a.tsx", "const a = <p title=\"one\">{f('two')}</p>;\n"},
		"page":       {"a.html", "<!doctype html>\n<p>\"no\"</p>\n<script type=\"module\">\n  f(\"one\");</script><script>f('two')</script><script type=\"application/json\">{\"x\": 1}</script>"},
		"newer":      {"a.ts", "import d from './d.json' with { type: 'json' };\nusing x = open(d);\nenum E { A = 'a' }\nclass C { @dec accessor p = 'b' }\n"},
	} {
		if set := read(c.file, c.text); len(set.Faults) > 0 || len(set.Unread) > 0 || set.Files != 1 {
			t.Errorf("%s: %d files, faults %v, unread %v", name, set.Files, set.Faults, set.Unread)
		}
	}
}

func TestTypingErrors(t *testing.T) {
	set := read("a.ts", "const a = 1;\nconst b: = 2;\n")
	if len(set.Faults) != 1 || set.Faults[0].Line != 2 || set.Faults[0].Column != 10 {
		t.Errorf("%+v", set.Faults)
	}
	if set = read("a.html", "<p>\n<script>f(</script>"); len(set.Faults) != 1 || set.Faults[0].Line != 2 {
		t.Errorf("%+v", set.Faults)
	}
}

// TestRunawayScripts gives the reader scripts made to exhaust it. Each must
// come back soon, read or refused, and the process must live.
func TestRunawayScripts(t *testing.T) {
	for _, piece := range []string{"!", "(", "[", "{", "a=>", "(a)=>", "a?b:", "a=", "new ", "typeof ", "await ", "a<", "<a>", "if(a)", "else ", "a.", "`${", "class extends ", "a,", "-", "declare ", "export "} {
		start := time.Now()
		read("a.tsx", "x="+strings.Repeat(piece, 200_000/len(piece)))
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%q took %s", piece, took)
		}
	}
	set := read("a.ts", "x="+strings.Repeat("!", 50_000)+"a")
	if len(set.Unread) != 1 {
		t.Errorf("unread %v", set.Unread)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.ts", "const a: string = `x${1}`;")
	f.Add("a.html", "<script>eval('é')</script><a href='x' href=y>")
	f.Add("a.tsx", "<a b={`${c}`}/>")
	f.Fuzz(func(t *testing.T, name, text string) {
		if len(text) > 10_000 {
			return
		}
		read(name, text)
	})
}
