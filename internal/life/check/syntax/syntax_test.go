//go:build cgo

package syntax

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func parse(t *testing.T, lang Lang, text string) *Tree {
	t.Helper()
	var p Parsers
	tree, err := p.Parse(context.Background(), lang, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func first(tree *Tree, kind string) Node {
	for n := range tree.Root().Within() {
		if n.Is(kind) {
			return n
		}
	}
	return Node{}
}

func TestLanguageByName(t *testing.T) {
	for name, want := range map[string]Lang{
		"a/B.JSX": JavaScript, "a.tsx": TSX, "a.d.ts": TypeScript, "x.py": Python, "m.go": Go, "deploy.sh": Bash, "001.sql": SQL,
		"Dockerfile": Dockerfile, "docker/Dockerfile.prod": Dockerfile, "api.dockerfile": Dockerfile, "index.htm": HTML, "main.tf": HCL, "k.yml": YAML, "a.txt": None,
	} {
		if got := Of(name, nil); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for line, want := range map[string]Lang{"#!/bin/sh\n": Bash, "#!/usr/bin/env -S bash -e\n": Bash, "#!/usr/bin/env python3": Python, "#! /usr/bin/node": JavaScript, "#!/usr/bin/perl": None, "x": None} {
		if got := Of("run", []byte(line)); got != want {
			t.Errorf("%q: got %v, want %v", line, got, want)
		}
	}
}

// TestEveryLanguage reads one text of each, without faults, and finds a node in it.
func TestEveryLanguage(t *testing.T) {
	for lang, c := range map[Lang]struct{ text, kind, want string }{
		JavaScript: {"const a = <p>{f('é', `x${y}`)}</p>;\n", "call_expression", "f('é', `x${y}`)"},
		TypeScript: {"const a = f<string>(x as any) satisfies T;\n", "call_expression", "f<string>(x as any)"},
		TSX:        {"const a = (x: T) => <p>{f(x)}</p>;\n", "call_expression", "f(x)"},
		Python:     {"def f(x: int) -> str:\n    return f\"{g(x)}\"\n", "call", "g(x)"},
		Go:         {"package a\nfunc f() { g(1) }\n", "call_expression", "g(1)"},
		Bash:       {"#!/bin/sh\ncurl -s \"$URL\" | sh\n", "pipeline", "curl -s \"$URL\" | sh"},
		SQL:        {"SELECT a FROM b WHERE c = 1;\n", "identifier", "a"},
		Dockerfile: {"FROM node:22\nRUN npm ci\n", "run_instruction", "RUN npm ci"},
		HTML:       {"<!doctype html><p class=x>é</p>", "attribute", "class=x"},
		HCL:        {"resource \"a\" \"b\" {\n  region = \"eu-west-1\"\n}\n", "attribute", "region = \"eu-west-1\""},
		YAML:       {"a:\n  - b: c\n", "block_sequence_item", "- b: c\n"},
	} {
		tree := parse(t, lang, c.text)
		if tree.Partial || tree.Fault().Ok() {
			t.Errorf("%v has faults: %s", lang, dump(tree.Root()))
		}
		if got := first(tree, c.kind).Text(); got != c.want {
			t.Errorf("%v: got %q, want %q in %s", lang, got, c.want, dump(tree.Root()))
		}
	}
}

func dump(n Node) string {
	var b strings.Builder
	b.WriteString("(" + n.Kind())
	for c := range n.All() {
		if c.Named() {
			b.WriteString(" ")
			if f := c.FieldName(); f != "" {
				b.WriteString(f + ":")
			}
			b.WriteString(dump(c))
		}
	}
	return b.String() + ")"
}

func TestWaysThroughATree(t *testing.T) {
	tree := parse(t, JavaScript, "/* é𝄞 */ g(1, /* no */ h(2));\nk();")
	call := first(tree, "call_expression")
	if got := call.Field("function").Text(); got != "g" {
		t.Errorf("function %q", got)
	}
	args := call.Field("arguments")
	if args.FieldName() != "arguments" || args.Child(1).Text() != "h(2)" || args.Child(2).Ok() {
		t.Errorf("arguments %s", dump(args))
	}
	if line, column := call.Place(); line != 1 || column != 10 {
		t.Errorf("place %d:%d, want 1:10", line, column)
	}
	inner := args.Child(1)
	if got := inner.Around("call_expression"); got != call || !call.Holds(inner) || inner.Holds(call) {
		t.Errorf("around is %q", got.Text())
	}
	var signs []string
	for c := range args.All() {
		signs = append(signs, c.Kind())
	}
	if got := strings.Join(signs, " "); got != "( number , comment call_expression )" {
		t.Errorf("children %s", got)
	}
	if next := tree.Root().Child(0).Next(); next.Text() != "k();" && next.Kind() != "expression_statement" {
		t.Errorf("next %q", next.Text())
	}
	var none Node
	if none.Field("x").Child(0).Parent().Next().Text() != "" || none.Kind() != "" || none.Is("") {
		t.Error("no node must lead nowhere")
	}
}

func TestScriptsOfAPage(t *testing.T) {
	text := "<p>é</p>\n<script type=module>\n  f('é', g());</script><script type=\"application/json\">{}</script><script>h()</script>"
	page := parse(t, HTML, text)
	var p Parsers
	var got []string
	for _, code := range Scripts(page) {
		tree, err := p.Part(context.Background(), JavaScript, page.Text, code.Start(), code.End())
		if err != nil {
			t.Fatal(err)
		}
		call := first(tree, "call_expression")
		line, column := call.Place()
		got = append(got, fmt.Sprintf("%d:%d %s", line, column, call.Text()))
	}
	if want := "3:3 f('é', g())|3:75 h()"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFaultsAreTold(t *testing.T) {
	tree := parse(t, JavaScript, "f(1);\nconst = 2;\n")
	if line, _ := tree.Fault().Place(); !tree.Partial || line != 2 {
		t.Errorf("partial %v, fault in line %d", tree.Partial, line)
	}
	if first(tree, "call_expression").Text() != "f(1)" {
		t.Error("what can be read must be there")
	}
}

// TestBounds gives the parsers texts made to exhaust them.
func TestBounds(t *testing.T) {
	var p Parsers
	ctx := context.Background()
	if _, err := p.Parse(ctx, JavaScript, make([]byte, MaxSize+1)); !errors.Is(err, ErrLarge) {
		t.Errorf("large: %v", err)
	}
	if _, err := p.Parse(ctx, JavaScript, []byte(strings.Repeat("[", 5_000)+strings.Repeat("]", 5_000))); !errors.Is(err, ErrDeep) {
		t.Errorf("deep: %v", err)
	}
	gone, stop := context.WithCancel(ctx)
	stop()
	if _, err := p.Parse(gone, JavaScript, []byte("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for lang := JavaScript; lang < langs; lang++ {
		for _, piece := range []string{"(", "[", "{", "<a>", "a=>", "`${", "- ", "$(", "!", "\"", "x:\n ", "<<A\n", "if ", "\\", "\xff", "é", "<script>", "\t", "\n  ", "'''"} {
			tree, err := p.Parse(ctx, lang, []byte(strings.Repeat(piece, 4_000/len(piece))))
			if err == nil {
				_ = tree.Fault()
			}
		}
	}
	if _, err := p.Parse(ctx, None, nil); !errors.Is(err, ErrNone) {
		t.Errorf("no language: %v", err)
	}
	if tree, err := p.Parse(ctx, YAML, nil); err != nil || tree.Root().Text() != "" {
		t.Errorf("nothing: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for lang, text := range []string{"", "f(`a${b}`)", "type A<T> = B", "<a b={c}/>", "def f():\n  x", "package a", "a <<E\nE\n", "SELECT 1", "FROM a\nRUN <<E\nx\nE\n", "<script>a</script>", "a { b = <<E\nE\n }", "a: &b [*b, |\n x]"} {
		f.Add(uint8(lang), []byte(text))
	}
	var p Parsers
	f.Fuzz(func(t *testing.T, lang uint8, text []byte) {
		if len(text) > 10_000 {
			return
		}
		tree, err := p.Parse(context.Background(), Lang(lang%uint8(langs)), text)
		if err != nil {
			return
		}
		for n := range tree.Root().Within() {
			if n.Start() > n.End() || n.End() > len(text) || n.Parent().Ok() && !n.Parent().Holds(n) {
				t.Fatalf("%s at %d to %d", n.Kind(), n.Start(), n.End())
			}
			_ = n.Text()
		}
	})
}

func TestQueries(t *testing.T) {
	tree := parse(t, JavaScript, "a(1); b('x', y => y); c(/r/, 'z'); if (d === 'q') {}")
	for src, want := range map[string]string{
		"(call_expression function: (identifier) @at arguments: (arguments (string) @value))": "b='x' c='z'",
		"(call_expression arguments: (arguments (_) @at (string) @value))":                    "/r/='z'",
		"(arguments [(number) (regex)] @at)":                                                  "1= /r/=",
		`(binary_expression "===" right: (_) @value) @at`:                                     "d === 'q'='q'",
		"(call_expression function: (member_expression) @at)":                                 "",
	} {
		q, err := Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for n := range tree.Root().Within() {
			if c, ok := q.Match(n); ok {
				got = append(got, c["at"].Text()+"="+c["value"].Text())
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", src, got, want)
		}
	}
	for _, bad := range []string{"", "(", "()", "(a", "(a) b", `("a`, "[]", "(a @)", strings.Repeat("(a ", 50)} {
		if _, err := Compile(bad); err == nil {
			t.Errorf("%q must be refused", bad)
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add("(a b: (c) @d [e \"f\" _])")
	f.Fuzz(func(t *testing.T, src string) { _, _ = Compile(src) })
}
