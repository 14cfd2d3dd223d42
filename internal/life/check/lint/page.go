package lint

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// page judges one HTML file: is it whole, and can everybody use it?
func (s *styler) page(p *script.Page) {
	r := reader{styler: s, p: p, f: p.File, filled: holdsTemplate(p.File.Text)}
	r.whole()
	if !r.filled {
		r.nesting()
	}
	r.ids()
	r.headings()
	r.labels()
	for i, t := range p.Tags {
		r.tag(i, t)
	}
}

type reader struct {
	*styler
	p      *script.Page
	f      tree.File
	filled bool // by a program, from a template: parts may come from elsewhere
}

// holdsTemplate reports whether a program fills a page before it is shown.
func holdsTemplate(text []byte) bool {
	for _, mark := range []string{"{{", "{%", "<%", "<?php", "${", "v-if", "*ngIf"} {
		if bytes.Contains(text, []byte(mark)) {
			return true
		}
	}
	return false
}

// whole judges what each page needs once. A part of a page has no html tag.
func (r *reader) whole() {
	html, ok := r.find("html")
	if !ok {
		return
	}
	before := strings.ToLower(string(r.f.Text[:min(html.Offset, len(r.f.Text))]))
	if !strings.Contains(before, "<!doctype") && !r.filled {
		var edits []core.Edit
		if line, column := r.f.Place(html.Offset); strings.HasPrefix(strings.ToLower(string(r.f.Text[html.Offset:])), "<html") {
			old := string(r.f.Text[html.Offset : html.Offset+5])
			edits = []core.Edit{{Kind: core.EditReplace, Path: r.f.Path, Line: line, Column: column, End: column + 5, Old: old, New: "<!doctype html>" + old}}
		}
		r.say("page_no_doctype", r.f, html.Offset, edits)
	}
	if html.Attrs["lang"] == "" && !r.filled {
		r.say("page_no_language", r.f, html.Offset, r.language(html))
	}
	head, ok := r.find("head")
	if !ok {
		return
	}
	if _, ok := r.find("title"); !ok && !r.filled {
		var edits []core.Edit
		if text := r.heading(); text != "" {
			edits = r.inHead(head, "<title>"+text+"</title>")
		}
		r.say("page_no_title", r.f, head.Offset, edits)
	}
	if !slices.ContainsFunc(r.p.Tags, func(t script.Tag) bool { return t.Name == "meta" && strings.EqualFold(t.Attrs["name"], "viewport") }) && !r.filled {
		r.say("page_no_viewport", r.f, head.Offset, r.inHead(head, `<meta name="viewport" content="width=device-width, initial-scale=1">`))
	}
}

// inHead is the edit that adds a line to the head, when its tag stands alone.
func (r *reader) inHead(head script.Tag, text string) []core.Edit {
	line, _ := r.f.Place(head.Offset)
	raw := string(r.f.Line(line))
	if strings.TrimSpace(strings.ToLower(raw)) != "<head>" {
		return nil
	}
	space := raw[:len(raw)-len(strings.TrimLeft(raw, " \t"))]
	return []core.Edit{{Kind: core.EditAdd, Path: r.f.Path, Line: line, New: space + "  " + text}}
}

func (r *reader) find(name string) (script.Tag, bool) {
	for _, t := range r.p.Tags {
		if t.Name == name {
			return t, true
		}
	}
	return script.Tag{}, false
}

// closed are tags that must be closed, and closed in turn.
var closed = words("div span a ul ol table section article form button label select main header footer nav aside h1 h2 h3 h4 h5 h6 em strong b i u small code pre script style title textarea fieldset dl figure blockquote dialog details summary")

func words(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		out[w] = true
	}
	return out
}

// nesting reports tags that are never closed, or closed in the wrong order.
func (r *reader) nesting() {
	var open []script.Tag
	for _, t := range r.p.Tags {
		name, end := strings.CutPrefix(t.Name, "/")
		switch {
		case !closed[name]:
		case !end:
			open = append(open, t)
		default:
			at := -1
			for i := len(open) - 1; i >= max(0, len(open)-200); i-- {
				if open[i].Name == name {
					at = i
					break
				}
			}
			if at < 0 {
				r.say("page_tag_not_open", r.f, max(0, t.Offset-len(name)-3), nil, "tag", name)
				continue
			}
			for _, left := range open[at+1:] {
				r.say("page_tag_not_closed", r.f, left.Offset, nil, "tag", left.Name)
			}
			open = open[:at]
		}
	}
	for _, left := range open {
		r.say("page_tag_not_closed", r.f, left.Offset, nil, "tag", left.Name)
	}
}

// ids reports a name that two parts of a page share.
func (r *reader) ids() {
	seen := map[string]bool{}
	for _, t := range r.p.Tags {
		id := t.Attrs["id"]
		if id == "" || strings.ContainsAny(id, "{}<>$%") {
			continue
		}
		if seen[id] && !r.filled {
			r.say("page_id_twice", r.f, t.Offset, nil, "id", id)
		}
		seen[id] = true
	}
}

// headings reports a heading that leaves out a level.
func (r *reader) headings() {
	last := 0
	for _, t := range r.p.Tags {
		if len(t.Name) != 2 || t.Name[0] != 'h' || t.Name[1] < '1' || t.Name[1] > '6' {
			continue
		}
		level := int(t.Name[1] - '0')
		if last > 0 && level > last+1 && !r.filled {
			r.say("page_heading_skipped", r.f, t.Offset, nil, "now", t.Name, "before", "h"+strconv.Itoa(last))
		}
		last = level
	}
}

// labels reports fields that nobody can name.
func (r *reader) labels() {
	named := map[string]bool{}
	inside := 0
	for _, t := range r.p.Tags {
		if t.Name == "label" && t.Attrs["for"] != "" {
			named[t.Attrs["for"]] = true
		}
	}
	for _, t := range r.p.Tags {
		switch t.Name {
		case "label":
			inside++
		case "/label":
			inside = max(0, inside-1)
		case "input", "select", "textarea":
			kind := strings.ToLower(t.Attrs["type"])
			if inside > 0 || named[t.Attrs["id"]] || hasAny(t, "aria-label", "aria-labelledby", "title") || t.Name == "input" && (kind == "hidden" || kind == "submit" || kind == "button" || kind == "reset" || kind == "image") || r.filled && t.Attrs["id"] != "" {
				continue
			}
			r.say("page_field_no_label", r.f, t.Offset, nil, "tag", t.Name)
		}
	}
}

func hasAny(t script.Tag, names ...string) bool {
	for _, n := range names {
		if strings.TrimSpace(t.Attrs[n]) != "" {
			return true
		}
	}
	return false
}

// tag judges one tag by itself.
func (r *reader) tag(i int, t script.Tag) {
	_, alt := t.Attrs["alt"]
	switch t.Name {
	case "img":
		if !alt && !hasAny(t, "aria-label", "aria-labelledby", "aria-hidden", "role") {
			r.say("page_image_no_text", r.f, t.Offset, nil)
		}
	case "iframe":
		if !hasAny(t, "title", "aria-label", "aria-labelledby", "aria-hidden", "hidden") {
			r.say("page_frame_no_title", r.f, t.Offset, nil)
		}
	case "button", "a":
		_, link := t.Attrs["href"]
		if (t.Name == "button" || link) && !hasAny(t, "aria-label", "aria-labelledby", "title") && r.silent(i, t.Name) {
			r.say("page_button_no_name", r.f, t.Offset, nil, "tag", t.Name)
		}
	case "table":
		if !hasAny(t, "role") && !r.has(i, "table", "th") && r.has(i, "table", "td") && !r.filled {
			r.say("page_table_no_heads", r.f, t.Offset, nil)
		}
	case "meta":
		if content := strings.ToLower(strings.ReplaceAll(t.Attrs["content"], " ", "")); strings.EqualFold(t.Attrs["name"], "viewport") && (strings.Contains(content, "user-scalable=no") || strings.Contains(content, "user-scalable=0") || strings.Contains(content, "maximum-scale=1.0") || strings.HasSuffix(content, "maximum-scale=1")) {
			r.say("page_no_zoom", r.f, t.Offset, r.zoom(t))
		}
	}
	if n, err := strconv.Atoi(t.Attrs["tabindex"]); err == nil && n > 0 {
		r.say("page_focus_forced", r.f, t.Offset, r.swap(t, `tabindex="`+t.Attrs["tabindex"]+`"`, `tabindex="0"`), "value", t.Attrs["tabindex"])
	}
	if strings.EqualFold(t.Attrs["target"], "_blank") && !strings.Contains(t.Attrs["rel"], "noopener") && !strings.Contains(t.Attrs["rel"], "noreferrer") && t.Attrs["rel"] == "" && elsewhere(t.Attrs["href"]) {
		r.say("page_new_window", r.f, t.Offset, r.swap(t, `target="_blank"`, `target="_blank" rel="noopener"`))
	}
}

func elsewhere(href string) bool {
	return strings.HasPrefix(href, "http://") || strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "//")
}

// swap is the edit that changes an attribute of a tag.
func (r *reader) swap(t script.Tag, old, new string) []core.Edit {
	rest := string(r.f.Text[t.Offset:])
	if end := strings.IndexByte(rest, '>'); end > 0 {
		rest = rest[:end]
	}
	i := strings.Index(rest, old)
	if i < 0 {
		return nil
	}
	line, column := r.f.Place(t.Offset + i)
	return []core.Edit{{Kind: core.EditReplace, Path: r.f.Path, Line: line, Column: column, End: column + len([]rune(old)), Old: old, New: new}}
}

// silent reports whether an element has nothing in it that could be read out.
func (r *reader) silent(i int, name string) bool {
	from := r.p.Tags[i].Offset
	if end := bytes.IndexByte(r.f.Text[from:], '>'); end >= 0 {
		from += end + 1
	}
	for _, t := range r.p.Tags[i+1:] {
		if t.Name == "/"+name {
			inner := r.f.Text[min(from, len(r.f.Text)):min(max(t.Offset-len(name)-3, from), len(r.f.Text))]
			return strings.TrimSpace(withoutTags(inner)) == "" && !r.filled && !bytes.Contains(inner, []byte("alt=")) && !bytes.Contains(inner, []byte("<title")) && !bytes.Contains(inner, []byte("aria-label"))
		}
	}
	return false
}

func withoutTags(text []byte) string {
	var b strings.Builder
	in := false
	for _, c := range text {
		switch {
		case c == '<':
			in = true
		case c == '>' && in:
			in = false
		case !in:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// has reports whether a tag stands inside of another, up to its end.
func (r *reader) has(i int, outer, inner string) bool {
	for _, t := range r.p.Tags[i+1:] {
		if t.Name == "/"+outer {
			return false
		}
		if t.Name == inner {
			return true
		}
	}
	return false
}
