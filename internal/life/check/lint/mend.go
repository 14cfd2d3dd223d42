package lint

import (
	"html"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// language is the edit that says a page's language as the app's other pages do,
// if they all say the same.
func (r *reader) language(t script.Tag) []core.Edit {
	if _, said := t.Attrs["lang"]; said || r.lang == "" || !plainLang.MatchString(r.lang) {
		return nil
	}
	from := t.Offset
	if !strings.HasPrefix(strings.ToLower(string(r.f.Text[from:])), "<html") {
		return nil
	}
	line, column := r.f.Place(from + 1)
	old := string(r.f.Text[from+1 : from+5])
	return []core.Edit{{Kind: core.EditReplace, Path: r.f.Path, Line: line, Column: column, End: column + 4, Old: old, New: old + ` lang="` + r.lang + `"`}}
}

var plainLang = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// languageOf returns the language that all pages which say one agree on; "" if
// there is none.
func languageOf(pages []*script.Page) string {
	one := ""
	for _, p := range pages {
		for _, t := range p.Tags {
			if t.Name != "html" || t.Attrs["lang"] == "" {
				continue
			}
			if one != "" && one != t.Attrs["lang"] {
				return ""
			}
			one = t.Attrs["lang"]
		}
	}
	return one
}

// heading is the text of a page's only first heading, when it is plain text.
func (r *reader) heading() string {
	text, n := "", 0
	for _, m := range firstHeading.FindAllSubmatch(r.f.Text, 3) {
		text, n = strings.TrimSpace(string(m[1])), n+1
	}
	if n != 1 || len(text) > 80 || html.UnescapeString(text) != text {
		return ""
	}
	return text
}

var firstHeading = regexp.MustCompile(`(?i)<h1(?:\s[^<>]*)?>([^<>\n]+)</h1>`)

// zoom is the edit that lets people enlarge a page, and keeps what else its
// viewport says.
func (r *reader) zoom(t script.Tag) []core.Edit {
	old := t.Attrs["content"]
	var keep []string
	for _, part := range strings.Split(old, ",") {
		name, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(part, " ", "")), "=")
		if name != "user-scalable" && name != "maximum-scale" {
			keep = append(keep, part)
		}
	}
	now := strings.TrimSpace(strings.Join(keep, ","))
	if now == "" {
		now = "width=device-width, initial-scale=1"
	}
	return r.swap(t, `"`+old+`"`, `"`+now+`"`)
}

// yes is the edit that lets a package manager go on without an answer.
func yes(f tree.File, c command) []core.Edit {
	line := string(f.Line(c.line))
	at := aptWords.FindAllStringIndex(line, 3)
	if len(at) != 1 || strings.Contains(line, "#") {
		return nil
	}
	old := line[at[0][0]:at[0][1]]
	column := 1 + len([]rune(line[:at[0][0]]))
	return []core.Edit{{Kind: core.EditReplace, Path: f.Path, Line: c.line, Column: column, End: column + len([]rune(old)), Old: old, New: old + " -y"}}
}

var aptWords = regexp.MustCompile(`\bapt(?:-get)?\s+(?:-\S+\s+)*install\b`)

// inBrackets is the edit that starts a program itself, without a shell: only for
// plain words, in which a shell would change nothing. An ENTRYPOINT in brackets
// would take in the CMD beside it, so the line must stand alone.
func inBrackets(f tree.File, c command, alone bool) []core.Edit {
	line := string(f.Line(c.line))
	rest := strings.TrimSpace(c.rest)
	if !alone || !plainWords.MatchString(rest) || !strings.HasSuffix(strings.TrimRight(line, " \t"), rest) || strings.Count(line, rest) != 1 {
		return nil
	}
	column := 1 + len([]rune(line[:strings.Index(line, rest)]))
	now := `["` + strings.Join(strings.Fields(rest), `", "`) + `"]`
	return []core.Edit{{Kind: core.EditReplace, Path: f.Path, Line: c.line, Column: column, End: column + len([]rune(rest)), Old: rest, New: now}}
}

// plainWords are a program and what it is given. The first is no word of the
// shell itself, nor a variable that is set.
var plainWords = regexp.MustCompile(`^(?:node|npm|npx|python3?|gunicorn|uvicorn|flask|java|ruby|deno|bun|\.?/[\w./-]+)(?:[ \t]+[\w./:@=,+-]+)*$`)

// startLost is the edit that takes out a start line that another one below it
// overrules.
func startLost(f tree.File, line int) []core.Edit {
	text := strings.TrimRight(string(f.Line(line)), " \t")
	if strings.HasSuffix(text, `\`) || strings.HasSuffix(text, "`") || strings.Contains(text, "<<") {
		return nil
	}
	return []core.Edit{{Kind: core.EditDelete, Path: f.Path, Line: line}}
}

// sameTwice is the edit that takes out the second of two lines that say the
// same: then it does not matter which of them a reader would take.
func sameTwice(f tree.File, first, second int) []core.Edit {
	a, b := string(f.Line(first)), string(f.Line(second))
	if first == second || strings.TrimSpace(a) != strings.TrimSpace(b) || !oneLine.MatchString(a) {
		return nil
	}
	return []core.Edit{{Kind: core.EditDelete, Path: f.Path, Line: second}}
}

// oneLine is a key with a value that ends on its line.
var oneLine = regexp.MustCompile(`^\s*[\w.-]+:[ \t]+["']?[\w./@:+-]+["']?[ \t]*$`)
