package regions

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/lex"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// use is how a file uses the name of a region.
type use int

const (
	nothing use = iota // not a name of a region at all
	mention            // in a remark, a list of choices, or a sentence
	bare               // a text of its own, of which nobody can tell what it is for
	setting            // the value of a setting, or a part of an address
)

const lookBack = 4000 // bytes before a name that may say what it is for

// judge tells how the name from..to of a file is used.
type judge struct {
	file  tree.File
	spans lex.Spans
	code  bool // a programming language
	list  bool // the last name was found to be one of a list
}

func newJudge(f tree.File) *judge {
	return &judge{file: f, spans: lex.Read(f.Path, f.Text), code: lex.Known(f.Path)}
}

// use judges one name that is not part of a host.
func (j *judge) use(from, to int) use {
	span := j.spans.At(from)
	text := j.file.Text
	j.list = false
	if span.Kind == lex.Remark {
		return mention
	}
	if u := resource(text, from); u != nothing {
		if span.Kind == lex.Code && j.code {
			return nothing
		}
		return u
	}
	if span.Kind == lex.Code && j.code {
		return constant(text, from)
	}
	if !j.whole(span, from, to) {
		return j.part(span, from, to)
	}
	before, after := text[:from], text[zoneEnd(text, to):]
	if span.Kind == lex.Text {
		before, after = text[:span.From], text[span.To:]
	}
	before = bytes.TrimRight(before, "\"'`")
	after = bytes.TrimLeft(after, "\"'`")
	if isKey(after) {
		return mention
	}
	return j.named(before, 0)
}

// whole reports whether the name is all of its text, or of the word it stands
// in where texts need no quotes.
func (j *judge) whole(span lex.Span, from, to int) bool {
	text := j.file.Text
	to = zoneEnd(text, to)
	if span.Kind == lex.Text {
		inner := bytes.Trim(text[span.From:span.To], "\"'`")
		return len(bytes.TrimSpace(inner)) == to-from
	}
	ends := func(c byte) bool { return strings.IndexByte(" \t\r\n\"'`,;[](){}<>|=:", c) >= 0 }
	return (from == 0 || ends(text[from-1])) && (to >= len(text) || ends(text[to]))
}

// zoneEnd moves the end of a region's name over that of a zone in it.
func zoneEnd(text []byte, to int) int {
	if to < len(text) && letter(text[to]) {
		return to + 1
	}
	if to+1 < len(text) && text[to] == '-' && letter(text[to+1]) && (to+2 == len(text) || !letter(text[to+2]) && !digit(text[to+2]) && text[to+2] != '-') {
		return to + 2
	}
	return to
}

var (
	flag      = regexp.MustCompile(`(?i)--?(?:[a-z]+-)*(?:region|regions|location|zone|zones|r)[ =]["']?$`)
	fallback  = regexp.MustCompile(`(?i)\$\{[\w.-]*(?:region|location|zone)[\w.]*(?::?[-=]|:)$`)
	cloudName = regexp.MustCompile(`^(?:aws|gcp|azure|google):$`)
	assigned  = regexp.MustCompile(`(?i)(?:^|[\s;&?,])[a-z0-9_.]*(?:region|location|zone)[a-z0-9_]*=["']?$`)
	resHead   = regexp.MustCompile(`arn:[a-z-]+:[a-z0-9-]*:$|/(?:locations|regions|zones)/$|\b(?:locations|regions|zones)/$`)
)

// resource finds a region in the name of a resource: an ARN, or a path as
// Google Cloud and Azure write them.
func resource(text []byte, from int) use {
	if resHead.Match(text[max(0, from-80):from]) {
		return setting
	}
	return nothing
}

// part judges a name inside a longer text: a command, or a text of settings.
func (j *judge) part(span lex.Span, from, to int) use {
	line := j.file.Text[bytes.LastIndexByte(j.file.Text[:from], '\n')+1 : from]
	if span.Kind == lex.Text && span.From > from-len(line) {
		line = j.file.Text[span.From+1 : from]
	}
	end := zoneEnd(j.file.Text, to)
	if end < len(j.file.Text) && (letter(j.file.Text[end]) || digit(j.file.Text[end]) || j.file.Text[end] == '-' || j.file.Text[end] == '_') {
		return nothing
	}
	if span.Kind == lex.Text && cloudName.Match(line) { // aws:eu-west-1
		return j.named(bytes.TrimRight(j.file.Text[:span.From], "\\\"'`"), 0)
	}
	if j.code && bytes.IndexByte(j.file.Text[span.From:span.To], '\n') >= 0 && (flag.Match(line) || assigned.Match(line)) {
		return bare // most long texts in code are help for people
	}
	if flag.Match(line) || fallback.Match(line) || assigned.Match(line) {
		return setting
	}
	if n := len(line); n > 0 && (letter(line[n-1]) || digit(line[n-1]) || line[n-1] == '-' || line[n-1] == '_' || line[n-1] == '.') {
		return nothing
	}
	return mention
}

var constantOf = regexp.MustCompile(`(?i)\b(?:[a-z]*regions?(?:endpoint|name|id)?|[a-z]*locations?|availabilityzones?)(?:\.|::|\.\w+\.)$`)

// constant judges a name in code outside of texts: only Region.EU_WEST_1 and
// the like name a place.
func constant(text []byte, from int) use {
	if constantOf.Match(text[max(0, from-60):from]) {
		return setting
	}
	return nothing
}

// isKey reports whether what follows a name makes it the key of something.
func isKey(after []byte) bool {
	after = bytes.TrimLeft(after, " \t")
	switch {
	case len(after) == 0:
		return false
	case after[0] == ':':
		return len(after) < 2 || after[1] != ':' && after[1] != '='
	case after[0] == '=':
		return len(after) < 2 || after[1] != '='
	}
	return bytes.HasPrefix(after, []byte("]")) && bytes.HasPrefix(bytes.TrimLeft(after[1:], " \t"), []byte("="))
}
