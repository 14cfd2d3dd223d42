package vendors

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/lex"
)

// notCalled are addresses that stand for a thing and are never called.
var notCalled = []string{"www.w3.org", "w3.org", "schemas.microsoft.com", "schemas.xmlsoap.org", "json-schema.org", "schema.org", "ns.adobe.com", "purl.org", "schemas.openxmlformats.org",
	"www.apache.org", "opensource.org", "creativecommons.org", "spdx.org", "golang.org", "json.schemastore.org", "www.schemastore.org", "maven.apache.org", "xmlns.com", "ogp.me", "tools.ietf.org", "www.rfc-editor.org", "type.googleapis.com", "types.googleapis.com", "github.com", "www.github.com", "token.actions.githubusercontent.com", "datatracker.ietf.org"}

// own reports whether a host is the app's own machine, an example, or no host
// that could be called from elsewhere.
func own(host string) bool {
	if !strings.Contains(host, ".") || strings.HasPrefix(host, "127.") || host == "0.0.0.0" || slices.Contains(notCalled, host) {
		return true
	}
	for _, x := range []string{"example.com", "example.org", "example.net"} {
		if host == x || strings.HasSuffix(host, "."+x) {
			return true
		}
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	switch last {
	case "localhost", "local", "internal", "test", "invalid", "svc", "cluster":
		return true
	}
	return !number(last) && (len(last) < 2 || !alphabetic(last))
}

func alphabetic(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}

func number(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// address reads the host of the address whose scheme ends at an offset. It
// reports false where there is none, or where the rest of the host is only
// known when the program runs.
func (r *reader) address(to int) (host string, end int, ok bool) {
	text := r.file.Text
	if !bytes.HasPrefix(text[to:], []byte("://")) {
		return "", 0, false
	}
	from := to + 3
	end = from
	for end < len(text) && hostByte(text[end]) && end-from < 255 {
		end++
	}
	if end < len(text) && (text[end] == '@' || text[end] == ':') { // name and password before the host
		if i := bytes.IndexAny(text[end:min(len(text), end+200)], "@/\"'` \n"); i >= 0 && text[end+i] == '@' {
			from = end + i + 1
			for end = from; end < len(text) && hostByte(text[end]) && end-from < 255; {
				end++
			}
		}
	}
	host = strings.ToLower(strings.Trim(string(text[from:end]), "."))
	if host == "" || own(host) || end < len(text) && bytes.IndexByte([]byte("${%<*"), text[end]) >= 0 {
		return "", 0, false
	}
	return host, end, true
}

func hostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.'
}

// linkWords are words of settings whose value is shown to people or names a
// thing, and is not called by the app.
var linkWords = []string{"profile", "reference", "references", "copyright", "author", "funding", "changelog", "see", "description", "message", "title", "comment", "note", "id", "usage", "text", "example", "examples", "image", "icon", "logo", "avatar", "registry", "resolved"}

// saidWords are words of settings and functions whose value is only ever shown.
var saidWords = []string{"docs", "documentation", "help", "homepage", "repository", "license", "licence", "schema", "xmlns", "namespace", "website", "readme", "issues", "bugs", "project", "changelog", "funding",
	"log", "console", "print", "println", "printf", "warn", "alert", "link", "links", "href"}

// shown reports whether a name is that of something whose value is shown to
// people and not called.
func shown(name string) bool {
	return has(name, saidWords) || has(name, linkWords) && !has(name, callWords)
}

// callWords are words of settings and functions whose value is called.
var callWords = []string{"url", "uri", "endpoint", "endpoints", "host", "hosts", "hostname", "webhook", "webhooks", "api", "base", "server", "baseurl", "contents", "address", "origin", "target", "callback", "fetch", "get", "post", "put", "patch", "delete",
	"request", "newrequest", "open", "urlopen", "axios", "curl", "wget", "client", "connect", "dsn", "upstream", "proxy", "issuer", "audience", "domain", "authority", "websocket", "socket", "service", "remote", "backend"}

func has(name string, list []string) bool {
	return slices.ContainsFunc(lex.Words(name), func(w string) bool { return slices.Contains(list, w) })
}

// owner returns the name of what a value is given to: a setting or a function.
func owner(before []byte) string {
	before = before[max(0, len(before)-400):]
	before = bytes.TrimRight(before, " \t\n\r\"'`fFbBrRuU")
	for range 3 {
		n := len(before)
		if n == 0 {
			return ""
		}
		switch before[n-1] {
		case '=', ':', '>', '+':
			name, _ := lex.LastName(bytes.TrimRight(before, "=:>+ \t"))
			return name
		case '(':
			name, rest := lex.LastName(before[:n-1])
			if name == "String" || name == "URL" || name == "new" {
				before = bytes.TrimRight(bytes.TrimSuffix(bytes.TrimRight(rest, " "), []byte("new")), " \t")
				if len(before) > 0 && before[len(before)-1] != '(' && before[len(before)-1] != '=' && before[len(before)-1] != ':' {
					return "url"
				}
				continue
			}
			return name
		case ',', '[', '{':
			i, ok := lex.Opening(bytes.TrimRight(before, ",[{ \t"))
			if !ok {
				return ""
			}
			if before[n-1] != ',' {
				name, _ := lex.LastName(bytes.TrimRight(before, "[{=: \t("))
				return name
			}
			name, _ := lex.LastName(bytes.TrimRight(before[:i], "=: \t"))
			return name
		default:
			name, _ := lex.LastName(before)
			return name
		}
	}
	return ""
}

// called reports whether an address or a host that begins at an offset is one
// that the app calls. Known says that it belongs to a firm of the book, for
// which less is asked.
func (r *reader) called(from int, known, bare bool) bool {
	span := r.spans.At(from)
	if span.Kind == lex.Remark || manifest(r.base) {
		return false
	}
	text := r.file.Text
	switch {
	case pageLike(r.ext):
		return r.inPage(from, known, bare)
	case r.code:
		return r.inText(from, known)
	}
	before, _ := r.line(from, from)
	if span.Kind == lex.Text && span.From < from && len(bytes.Trim(text[span.From:from], "\"'` \t")) > 0 || span.Kind != lex.Text && !startsValue(before) {
		return known && !bare && command.Match(before)
	}
	name := owner(text[:min(from, max(span.From, from-len(before)))])
	if span.Kind != lex.Text {
		name = owner(before)
	}
	if shown(name) {
		return false
	}
	return has(name, callWords) && (known || !strings.HasPrefix(r.file.Path, ".github/")) || known && !bare && name != ""
}

// inText judges what begins at an offset in code: it must be the beginning of a
// text.
func (r *reader) inText(from int, known bool) bool {
	span, text := r.spans.At(from), r.file.Text
	if span.Kind != lex.Text || len(bytes.Trim(text[span.From:from], "\"'` \t\n")) > 0 {
		return false
	}
	name := owner(text[:span.From])
	if shown(name) {
		return false
	}
	return known || scripts[r.ext] || has(name, callWords)
}

// scripts are languages of the web, in which a text that is an address alone is
// taken as called.
var scripts = map[string]bool{".js": true, ".jsx": true, ".mjs": true, ".cjs": true, ".ts": true, ".tsx": true, ".mts": true, ".cts": true}

var command = regexp.MustCompile(`\b(?:curl|wget|http|https|Invoke-WebRequest|Invoke-RestMethod)\s[^|;&]*$`)

var valueStart = regexp.MustCompile(`[:=]\s*["']?$|^\s*-\s*["']?$|^\s*["']$`)

func startsValue(before []byte) bool { return valueStart.Match(before) }

// manifest reports whether a file describes a package for others, so that its
// addresses are for people.
func manifest(base string) bool {
	switch base {
	case "package.json", "composer.json", "cargo.toml", "pyproject.toml", "setup.py", "setup.cfg", "pom.xml", "go.mod", "bower.json", "renovate.json", "tsconfig.json", ".npmrc", ".yarnrc", ".yarnrc.yml", "nuget.config", "gemfile", "chart.yaml", "mkdocs.yml", "manifest.json", ".goreleaser.yml", ".golangci.yml":
		return true
	}
	return false
}
