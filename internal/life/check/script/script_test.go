package script

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tdewolff/parse/v2/js"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func read(name, text string) *Set {
	return Read(context.Background(), &tree.Tree{Files: []tree.File{{Path: name, Text: []byte(text)}}})
}

// strings_ collects each string literal with its place.
type collector struct {
	s   *Script
	out []string
}

func (c *collector) Enter(n js.INode) js.IVisitor {
	if l, ok := n.(*js.LiteralExpr); ok && l.TokenType == js.StringToken {
		line, col := c.s.Place(c.s.Offset(l.Data))
		text, _ := Text(l)
		c.out = append(c.out, fmt.Sprintf("%d:%d %s", line, col, text))
	}
	return c
}

func (c *collector) Exit(js.INode) {}

func literals(s *Script) string {
	c := &collector{s: s}
	js.Walk(c, s.Root)
	return strings.Join(c.out, "|")
}

func TestPlacesLeadBack(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"typescript": {"a.ts", "interface A { x: string }\n\nexport const a: string = \"one\";\nfunction f(x?: A): void {\n  g('two', x as any);\n}\n", "3:26 one|5:5 two"},
		"accents":    {"a.js", "/* é𝄞 */ g(\"é𝄞\", 'z');\n", "1:12 é𝄞|1:18 z"},
		"jsx":        {"a.tsx", "const a = <p title=\"one\">{f('two')}</p>;\n", "1:12 p|1:20 one|1:29 two"},
		"page":       {"a.html", "<!doctype html>\n<p>\"no\"</p>\n<script type=\"module\">\n  f(\"one\");</script><script>f('two')</script><script type=\"application/json\">{\"x\": 1}</script>", "4:5 one||4:31 two"},
		"newer":      {"a.ts", "import d from './d.json' with { type: 'json' };\nusing x = open(d);\nenum E { A = 'a' }\nclass C { @dec accessor p = 'b' }\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			set := read(c.file, c.text)
			if len(set.Faults) > 0 || len(set.Unread) > 0 {
				t.Fatalf("faults %v, unread %v", set.Faults, set.Unread)
			}
			var got []string
			for _, s := range set.Scripts {
				got = append(got, literals(s))
			}
			if c.want != "" && strings.Join(got, "||") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, "||"), c.want)
			}
		})
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
	if len(set.Unread) != 1 || len(set.Scripts) != 0 {
		t.Errorf("unread %v", set.Unread)
	}
	if set = read("a.js", "x="+strings.Repeat("[", 5_000)+strings.Repeat("]", 5_000)); len(set.Unread) != 1 {
		t.Errorf("unread %v", set.Unread)
	}
}

func TestUnquote(t *testing.T) {
	for in, want := range map[string]string{`a\x41\u0042\u{43}\n\q\\`: "aABC\nq\\", `\x4`: "4", `\u{`: "{", `\`: `\`} {
		if got := unquote(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
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
		for _, s := range read(name, text).Scripts {
			literals(s)
		}
	})
}
