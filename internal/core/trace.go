package core

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Trace is what gives a person away in a text: the e-mail, in whatever case and
// also as it stands in a link, and the name. A name of one word could be any word
// of the language, so it is looked for only where it is all there is.
type Trace struct {
	Email, Name string
	As          string // what is put in their place
}

// In reports whether a text names the person.
func (t Trace) In(text string) bool {
	_, found := t.without(text, true)
	return found
}

// Is reports whether a text names the person or is nothing but the name.
func (t Trace) Is(text string) bool {
	return t.In(text) || t.Name != "" && strings.EqualFold(strings.TrimSpace(text), t.Name)
}

// Without returns a text with the placeholder wherever it names the person, and
// whether it did.
func (t Trace) Without(text string) (rest string, found bool) { return t.without(text, false) }

// InJSON is In for the strings of a JSON document. One that cannot be read is
// taken as text.
func (t Trace) InJSON(doc string) bool {
	_, found := t.WithoutJSON(doc)
	return found
}

// WithoutJSON is Without for the strings of a JSON document, keys too; all other
// bytes stay as they are.
func (t Trace) WithoutJSON(doc string) (rest string, found bool) {
	if !json.Valid([]byte(doc)) {
		return t.Without(doc)
	}
	var b strings.Builder
	for {
		from := strings.IndexByte(doc, '"')
		if from < 0 {
			break
		}
		to := from + 1
		for doc[to] != '"' {
			if doc[to] == '\\' {
				to++
			}
			to++
		}
		token := doc[from : to+1]
		b.WriteString(doc[:from])
		doc = doc[to+1:]
		var s string
		if err := json.Unmarshal([]byte(token), &s); err == nil {
			if other, hit := t.Without(s); hit {
				token, found = quoted(other), true
			}
		}
		b.WriteString(token)
	}
	b.WriteString(doc)
	return b.String(), found
}

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

func (t Trace) without(text string, look bool) (rest string, found bool) {
	addresses := []string{t.Email}
	if link := url.QueryEscape(t.Email); link != t.Email {
		addresses = append(addresses, link)
	}
	for _, a := range addresses {
		if other, hit := replaced(text, a, t.As, foldIndex, wholeAddress); hit {
			text, found = other, true
		}
		if found && look {
			return text, true
		}
	}
	if t.Name != t.Email && strings.ContainsAny(t.Name, " \t") {
		if other, hit := replaced(text, t.Name, t.As, strings.Index, wholeWords); hit {
			text, found = other, true
		}
	}
	return text, found
}

// replaced puts as in the place of what, where it stands whole.
func replaced(text, what, as string, index func(s, what string) int, whole func(before, after string) bool) (string, bool) {
	if what == "" {
		return text, false
	}
	var b strings.Builder
	done := 0
	for at := 0; ; {
		i := index(text[at:], what)
		if i < 0 {
			break
		}
		from, to := at+i, at+i+len(what)
		at = from + 1
		if whole(text[:from], text[to:]) {
			b.WriteString(text[done:from])
			b.WriteString(as)
			done, at = to, to
		}
	}
	if done == 0 {
		return text, false
	}
	b.WriteString(text[done:])
	return b.String(), true
}

// foldIndex is strings.Index without regard to the case of ASCII letters.
func foldIndex(s, what string) int {
	for i := 0; i+len(what) <= len(s); i++ {
		if lower(s[i]) == lower(what[0]) && foldEqual(s[i:i+len(what)], what) {
			return i
		}
	}
	return -1
}

func foldEqual(a, b string) bool {
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// wholeAddress reports whether an e-mail between two texts is not a part of a
// longer one: diana@example.org is not ana@example.org.
func wholeAddress(before, after string) bool {
	before, after = strings.TrimRight(before, ".+%_'-"), strings.TrimLeft(after, ".-")
	return (before == "" || !alphanumeric(before[len(before)-1])) && (after == "" || !alphanumeric(after[0]))
}

func alphanumeric(c byte) bool {
	c = lower(c)
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z'
}

func wholeWords(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	return !letter(last) && !letter(first)
}

func letter(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
