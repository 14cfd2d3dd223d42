package lex

import (
	"strings"
	"testing"
)

// show writes texts in brackets and remarks in braces.
func show(name, text string) string {
	var b strings.Builder
	at := 0
	for _, s := range Read(name, []byte(text)) {
		b.WriteString(text[at:s.From])
		if s.Kind == Remark {
			b.WriteString("{" + text[s.From:s.To] + "}")
		} else {
			b.WriteString("[" + text[s.From:s.To] + "]")
		}
		at = s.To
	}
	return b.String() + text[at:]
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.go", "x := \"a\\\"b\" // c\n/* d\n */ y := `e\n\"`", "x := [\"a\\\"b\"] {// c}\n{/* d\n */} y := [`e\n\"`]"},
		{"a.ts", "f('it', \"x//y\")", "f(['it'], [\"x//y\"])"},
		{"a.rs", "fn f<'a>(x: &'a str) { \"t\" }", "fn f<['a>(x: &']a str) { [\"t\"] }"},
		{"a.py", "\"\"\"doc\n\"\"\"\nx = '''a\nb''' # c", "{\"\"\"doc\n\"\"\"}\nx = ['''a\nb'''] {# c}"},
		{"a.yaml", "a: b#c # d\ne: \"f # g\"", "a: b#c {# d}\ne: [\"f # g\"]"},
		{"a.sql", "-- c\nselect 'it''s'", "{-- c}\nselect ['it']['s']"},
		{"a.html", "<!-- c --><a href=\"x\">", "{<!-- c -->}<a href=\"x\">"},
		{"a.tf", "a = \"b\" # c\n// d\n/* e */", "a = [\"b\"] {# c}\n{// d}\n{/* e */}"},
		{".env", "A=b # c", "A=b {# c}"},
		{"a.ts", "x = \"open\ny = 'z'", "x = \"open\ny = ['z']"},
		{"a.ts", "/* open", "{/* open}"},
	} {
		if got := show(c.name, c.text); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	s := Read("a.ts", []byte(`a("b") // c`))
	for at, want := range map[int]Kind{0: Code, 2: Text, 4: Text, 5: Code, 8: Remark, 99: Code} {
		if got := s.At(at).Kind; got != want {
			t.Errorf("at %d: got %d, want %d", at, got, want)
		}
	}
}

func TestRoleOf(t *testing.T) {
	for name, want := range map[string]Role{"src/app.ts": App, "main.tf": App, "src/app.test.ts": Test, "pkg/x_test.go": Test, "test/a.js": Test, "README.md": Docs, "docs/a.yaml": Docs,
		"vendor/x/y.go": Borrowed, "package-lock.json": Borrowed, "requirements.txt": App, "LICENSE": Docs, "tests.py": App, "testing/a.go": App, "examples/x.tf": Test} {
		if got := RoleOf(name); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a \"b\" // c", "'''", "/*", "`", "# x\n\\", "\"\\"} {
		f.Add("a.py", []byte(s))
		f.Add("a.ts", []byte(s))
		f.Add("a.sql", []byte(s))
	}
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		at := 0
		for _, s := range Read(name, b) {
			if s.From < at || s.To <= s.From || s.To > len(b) {
				t.Fatalf("%+v after %d of %d", s, at, len(b))
			}
			at = s.To
		}
	})
}
