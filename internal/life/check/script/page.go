package script

import (
	"bytes"
	"io"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/html"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Tag is one opening tag of a page, with what the checks need of it.
type Tag struct {
	Name   string // in lower case
	Attrs  map[string]string
	Offset int // in the file
}

// Page is one HTML file: its tags and its inline scripts.
type Page struct {
	File    tree.File
	Tags    []Tag
	scripts [][2]int // from, to
}

const maxTags = 50_000

// readPage goes through a page once. It reports false when the page has more
// tags than it reads.
func readPage(f tree.File) (*Page, bool) {
	p := &Page{File: f}
	in := parse.NewInput(bytes.NewReader(f.Text))
	l := html.NewLexer(in)
	for {
		kind, data := l.Next()
		switch kind {
		case html.ErrorToken:
			return p, l.Err() == io.EOF
		case html.StartTagToken:
			if len(p.Tags) == maxTags {
				return p, false
			}
			p.Tags = append(p.Tags, Tag{Name: strings.ToLower(string(l.Text())), Attrs: map[string]string{}, Offset: in.Offset() - len(data)})
		case html.AttributeToken:
			if n := len(p.Tags); n > 0 {
				p.attribute(&p.Tags[n-1], l)
			}
		case html.TextToken:
			if n := len(p.Tags); n > 0 && p.Tags[n-1].Name == "script" && isScript(p.Tags[n-1]) {
				p.scripts = append(p.scripts, [2]int{in.Offset() - len(data), in.Offset()})
			}
		case html.EndTagToken:
			p.Tags = append(p.Tags, Tag{Name: "/" + strings.ToLower(string(l.Text())), Offset: in.Offset()})
		}
	}
}

func (p *Page) attribute(t *Tag, l *html.Lexer) {
	key := strings.ToLower(string(l.AttrKey()))
	if _, twice := t.Attrs[key]; !twice {
		t.Attrs[key] = strings.TrimSpace(strings.Trim(string(l.AttrVal()), `"'`))
	}
}

// isScript reports whether the content of a script tag is code: not data, not
// a template.
func isScript(t Tag) bool {
	kind := strings.ToLower(t.Attrs["type"])
	return kind == "" || kind == "module" || strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript")
}

// blanked returns the page's text with all but one script turned into spaces,
// so that places in it are places in the page.
func (p *Page) blanked(from, to int) []byte {
	out := bytes.Repeat([]byte(" "), len(p.File.Text))
	for i, c := range p.File.Text {
		if c == '\n' || i >= from && i < to {
			out[i] = c
		}
	}
	return out[:to]
}

func (p *Page) parse(set *Set) {
	for _, s := range p.scripts {
		if len(bytes.TrimSpace(p.File.Text[s[0]:s[1]])) == 0 {
			continue
		}
		set.take(p.File, p.blanked(s[0], s[1]), api.LoaderJS)
	}
}
