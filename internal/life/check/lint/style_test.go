package lint

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func styled(files ...tree.File) findings.Result {
	var res findings.Result
	t := &tree.Tree{Files: files}
	style(context.Background(), &res, t, script.Read(context.Background(), t), Oxlint{})
	return res
}

const (
	top    = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>x</title>\n</head>\n<body>\n"
	bottom = "\n</body>\n</html>\n"
)

// TestStyle gives each rule what it must find and what it must leave alone.
func TestStyle(t *testing.T) {
	page := func(body string) tree.File { return tree.File{Path: "a.html", Text: []byte(top + body + bottom)} }
	file := func(name, text string) tree.File { return tree.File{Path: name, Text: []byte(text)} }
	for name, c := range map[string]struct {
		file tree.File
		want string // line:column code, several by a blank
	}{
		"clean page":           {page(`<h1>A</h1><label>B <input></label><img src=a alt=""><a href=x>y</a><button>z</button>`), ""},
		"part of a page":       {file("a.html", "<p>Hello"), ""},
		"bare page":            {file("a.html", "<html>\n<head>\n</head>\n</html>\n"), "1:1 page_no_doctype 1:1 page_no_language 2:1 page_no_title 2:1 page_no_viewport"},
		"never closed":         {page("<div>\n<p>x"), "8:1 page_tag_not_closed"},
		"wrong order":          {page("<div><span>x</div></span>"), "8:19 page_tag_not_open 8:6 page_tag_not_closed"},
		"template":             {page("{{if x}}<div>{{else}}<div>{{end}}</div>"), ""},
		"one id":               {page(`<p id=a>x<p id=a>y`), "8:10 page_id_twice"},
		"heading":              {page("<h1>a</h1><h3>b</h3>"), "8:11 page_heading_skipped"},
		"field":                {page(`<input type=text>`), "8:1 page_field_no_label"},
		"field with label":     {page(`<label for=a>b</label><input id=a>`), ""},
		"hidden field":         {page(`<input type=hidden name=a>`), ""},
		"image":                {page(`<img src=a>`), "8:1 page_image_no_text"},
		"frame":                {page(`<iframe src=a></iframe>`), "8:1 page_frame_no_title"},
		"button":               {page(`<button><i class=x></i></button>`), "8:1 page_button_no_name"},
		"button with a name":   {page(`<button aria-label="Close"><i class=x></i></button>`), ""},
		"button with an image": {page(`<button><img src=a alt="Close"></button>`), ""},
		"table":                {page(`<table><tr><td>1</td></tr></table>`), "8:1 page_table_no_heads"},
		"tab key":              {page(`<p tabindex="3">x</p>`), "8:1 page_focus_forced"},
		"window":               {page(`<a href="https://x.example" target="_blank">x</a>`), "8:1 page_new_window"},
		"own window":           {page(`<a href="/b" target="_blank">x</a>`), ""},
		"zoom":                 {file("a.html", strings.Replace(top, "width=device-width", "user-scalable=no", 1)+bottom), "4:1 page_no_zoom"},
		"script":               {file("a.js", "var a = {x: 1, x: 2};\nif (a === NaN) {}\nconst q = 1;\nq = 2;\nif (!a in a) {}\n"), "1:16 script_name_twice 2:7 script_never_true 4:1 script_not_changed 5:5 script_odd"},
		"others' script":       {file("vendor/a.js", "var a = {x: 1, x: 2};\n"), ""},
		"css":                  {file("a.css", "a {\n  colr: red;\n}\n"), "2:3 css_wrong"},
		"clean css":            {file("a.css", "a { color: red; &:hover { color: blue } }\n"), ""},
		"made css":             {file("a.min.css", "a { colr: red }"), ""},
		"yaml":                 {file("a.yaml", "a: [\nb: 1\n"), "2:1 file_not_readable"},
		"tab in yaml":          {file("a.yaml", "a:\n\tb: 1\n"), "2:1 yaml_tab"},
		"key twice":            {file("a.yaml", "a: 1\nb: 2\na: 3\n"), "3:1 yaml_key_twice"},
		"look-alike dash":      {file("a.yaml", "cost\u2011profile: x\n"), "1:5 yaml_dash"},
		"dash in a text":       {file("a.yaml", "title: a \u2013 b\n"), ""},
		"yaml template":        {file("a.yaml", "{{ if x }}\na: 1\n{{ end }}\na: 2\n"), ""},
		"json":                 {file("package.json", "{\n  \"a\": 1,\n}\n"), "3:1 file_not_readable"},
		"other json":           {file("tsconfig.json", "{ // notes\n}\n"), ""},
		"toml":                 {file("a.toml", "a = 1\nb = \n"), "2:5 file_not_readable"},
		"dockerfile":           {file("Dockerfile", "FROM a\nRUNN x\nRUN apt-get install curl\nRUN apt-get update\nCMD node a\nCMD [\"b\"]\n"), "2:1 docker_word_unknown 3:1 docker_apt_asks 4:1 docker_apt_stale 5:1 docker_start_shell 5:1 docker_start_twice"},
		"clean dockerfile":     {file("Dockerfile", "# x\nARG A\nFROM a AS b\nRUN apt-get update && \\\n  # why\n  apt-get install -y curl\nRUN <<E\nhello there\nE\nCMD [\"x\"]\nFROM b\nENTRYPOINT [\"y\"]\n"), ""},
		"no from":              {file("Dockerfile", "RUN x\n"), "1:1 docker_no_from"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range styled(c.file).Findings {
				got = append(got, place(f))
				if f.Blocking {
					t.Errorf("%s blocks", f.Code)
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", strings.Join(got, " "), c.want)
			}
		})
	}
}

func place(f core.Finding) string {
	return fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Code)
}

// TestOthersFilesAreLeft says what is left out, so that nobody thinks it was
// looked at.
func TestOthersFilesAreLeft(t *testing.T) {
	ctx := context.Background()
	tr := &tree.Tree{Files: []tree.File{{Path: "vendor/a.css", Text: []byte("a { colr: red }")}, {Path: "b.css", Text: []byte("/* @generated */ a { colr: red }")}, {Path: "c.css", Text: []byte("a{}")}}}
	var res findings.Result
	files, foreign, _ := style(ctx, &res, tr, script.Read(ctx, tr), Oxlint{})
	if files != 1 || foreign != 2 || len(res.Findings) != 0 {
		t.Errorf("%d looked at, %d left, %+v", files, foreign, res.Findings)
	}
}

// FuzzStyle gives every reader of this package texts of any kind.
func FuzzStyle(f *testing.F) {
	f.Add([]byte(top+"<div><a href=x target=\"_blank\"></div>"+bottom), uint8(0))
	f.Add([]byte("FROM a\nRUN <<E\nx\nE\nCMD \\\n"), uint8(1))
	f.Add([]byte("a {\n colr: red }"), uint8(2))
	f.Add([]byte("a\u2011b: [1\n\tc: d"), uint8(3))
	f.Add([]byte("{\"a\": 1,}"), uint8(4))
	f.Add([]byte("a = [1\nb"), uint8(5))
	names := []string{"a.html", "Dockerfile", "a.css", "a.yaml", "package.json", "a.toml"}
	f.Fuzz(func(t *testing.T, text []byte, kind uint8) {
		for _, x := range styled(tree.File{Path: names[int(kind)%len(names)], Text: text}).Findings {
			if x.Line < 0 || x.Column < 0 || x.Blocking {
				t.Errorf("%+v", x)
			}
		}
	})
}
