package vendors

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// pageLike reports whether a file is a page, or a part of one.
func pageLike(ext string) bool {
	switch ext {
	case ".html", ".htm", ".vue", ".svelte", ".astro", ".hbs", ".ejs", ".erb", ".jsp", ".cshtml", ".njk", ".tmpl", ".php", ".xhtml":
		return true
	}
	return false
}

// loading are the attributes by which a page loads something or sends data.
var loading = map[string][]string{"script": {"src"}, "img": {"src", "srcset"}, "iframe": {"src"}, "link": {"href"}, "form": {"action"}, "video": {"src"}, "audio": {"src"},
	"source": {"src"}, "object": {"data"}, "embed": {"src"}, "button": {"formaction"}, "input": {"formaction", "src"}}

var (
	openTag   = regexp.MustCompile(`<([A-Za-z][\w-]*)((?:\s[^<>]*)?)$`)
	attribute = regexp.MustCompile(`([\w-]+)\s*=\s*["']?\s*(?:https?:)?/{0,2}$`)
	tag       = regexp.MustCompile(`(?i)<(script|img|iframe|link|form|video|audio|source|object|embed|button|input)\b[^>]*?\s(?:src|href|action|data|formaction)\s*=\s*["']?(//)([a-z0-9.-]+)`)
	relOf     = regexp.MustCompile(`(?i)\brel\s*=\s*["']?(canonical|alternate|author|license|me|help|next|prev|profile)\b`)
)

// inPage reports whether a page loads what begins at an offset: by a tag, or in
// a script inside of it. Links that a person may follow are not calls.
func (r *reader) inPage(from int, known, bare bool) bool {
	text := r.file.Text
	before := text[max(0, from-2000):from]
	if m := openTag.FindSubmatch(before); m != nil {
		a := attribute.FindSubmatch(before)
		name := strings.ToLower(string(m[1]))
		if a == nil || !slices.Contains(loading[name], strings.ToLower(string(a[1]))) {
			return false
		}
		after := text[from:min(len(text), from+400)]
		if i := bytes.IndexByte(after, '>'); i >= 0 {
			after = after[:i]
		}
		return name != "link" || !relOf.Match(before[bytes.LastIndexByte(before, '<'):]) && !relOf.Match(after)
	}
	if r.ext == ".php" && bytes.LastIndex(text[:from], []byte("<script")) <= bytes.LastIndex(text[:from], []byte("</script")) {
		return r.inText(from, known)
	}
	if bare || len(before) == 0 || bytes.IndexByte([]byte("\"'`"), before[len(before)-1]) < 0 {
		return false
	}
	return bytes.LastIndex(text[:from], []byte("<script")) > bytes.LastIndex(text[:from], []byte("</script")) && !shown(owner(before))
}

// loads returns the hosts in tags of a page that leave the scheme out, as in
// src=//cdn.example.com/x.js, with their places.
func (r *reader) loads() (out []call) {
	if !pageLike(r.ext) {
		return nil
	}
	const most = 500
	for _, m := range tag.FindAllSubmatchIndex(r.file.Text, most) {
		host := strings.ToLower(string(r.file.Text[m[6]:m[7]]))
		if !own(host) {
			out = append(out, call{host: host, offset: m[4], end: m[7]})
		}
	}
	return out
}
