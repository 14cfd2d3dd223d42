package regions

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/lex"
)

// wrappers are functions that hand on what they are given.
var wrapper = regexp.MustCompile(`(?i)(?:^|[^\w.])((?:aws|pulumi|sdk|jsii|ptr|proto|core|to)\.(?:string|stringptr|to|input)|some|string|stringptr|str|to_string|new|static|from|of|strptr|pointer)$`)

var compared = regexp.MustCompile(`(?:==|!=|<>|~|\bcase|\bwhen|\bin|\bincludes|\bcontains|\bstarts_?with|\bendswith|\bhasprefix|\bequals?)\s*\(?$`)

// named judges a value by what stands before it: the name of the setting it is
// given to, on the same line or around it.
func (j *judge) named(before []byte, depth int) use {
	before = before[max(0, len(before)-lookBack):]
	trimmed := bytes.TrimRight(before, " \t")
	if depth > 6 || len(trimmed) == 0 {
		return bare
	}
	low := bytes.ToLower(trimmed[max(0, len(trimmed)-40):])
	if compared.Match(low) {
		return mention
	}
	switch last := trimmed[len(trimmed)-1]; {
	case bytes.HasSuffix(trimmed, []byte("||")) || bytes.HasSuffix(trimmed, []byte("??")) || bytes.HasSuffix(trimmed, []byte("?:")):
		return j.afterName(trimmed[:len(trimmed)-2], depth)
	case bytes.HasSuffix(trimmed, []byte(" or")):
		return j.afterName(bytes.TrimRight(trimmed[:len(trimmed)-3], ") \t"), depth)
	case last == '(':
		return j.called(trimmed[:len(trimmed)-1], depth)
	case last == ',':
		return j.listed(trimmed[:len(trimmed)-1], depth)
	case last == '[' || last == '{':
		j.list = true
		return j.opened(trimmed[:len(trimmed)-1], depth)
	case last == ':' || last == '=':
		return j.afterName(bytes.TrimRight(trimmed, ":=+>"), depth)
	case bytes.HasSuffix(trimmed, []byte("=>")):
		return j.afterName(trimmed[:len(trimmed)-2], depth)
	case last == '>': // <region>eu-west-1
		return tagged(trimmed)
	case last == '-' && onlyDash(trimmed):
		return j.item(trimmed)
	case last == '?':
		return j.afterName(trimmed[:len(trimmed)-1], depth)
	case last == '\n' && !j.code:
		return j.aloneOnLine(trimmed, depth)
	case last == '\n':
		return j.named(bytes.TrimRight(trimmed, "\n\r \t"), depth+1)
	case len(trimmed) < len(before):
		return j.spaced(trimmed)
	}
	return mention
}

// afterName judges the value of a setting by its name.
func (j *judge) afterName(before []byte, depth int) use {
	name, rest := lex.LastName(bytes.TrimRight(before, " \t()="))
	switch {
	case name == "":
		return bare
	case isChoice(name):
		return mention
	case isPlaceKey(name):
		return setting
	case isGeneral(name):
		return j.around(rest, name)
	}
	line := rest[bytes.LastIndexAny(rest, "\n{(,;")+1:]
	if k := bytes.LastIndexByte(line, ':'); k >= 0 { // region: string = "x"
		line = line[:k]
	}
	if owner, _ := lex.LastName(line); isPlaceKey(owner) && len(line) > 0 { // var region string = "x"
		return setting
	}
	return bare
}

// called judges an argument by the function it is given to.
func (j *judge) called(before []byte, depth int) use {
	name, rest := lex.LastName(before)
	switch {
	case isChoice(name) || compared.Match(bytes.ToLower(bytes.TrimRight(before[max(0, len(before)-40):], " \t"))):
		return mention
	case isPlaceKey(name):
		return setting
	case wrapper.Match(before[max(0, len(before)-40):]):
		if bytes.HasSuffix(bytes.TrimRight(rest, " "), []byte("::")) { // Region::new
			if owner, _ := lex.LastName(bytes.TrimRight(rest, " :")); isPlaceKey(owner) {
				return setting
			}
		}
		return j.named(rest, depth+1)
	case strings.Contains(name, ".") && isPlaceKey(name[:strings.LastIndexByte(name, '.')]):
		return setting
	case name == "": // a list in round brackets
		return j.named(rest, depth+1)
	}
	return bare
}

// listed judges one of many: an argument after the name of a setting, or a part
// of a list of regions.
func (j *judge) listed(before []byte, depth int) use {
	if name, _ := lex.LastName(before); isPlaceKey(name) {
		return setting
	}
	open, ok := lex.Opening(before)
	if !ok {
		return bare
	}
	switch before[open] {
	case '[':
		j.list = true
		return j.opened(before[:open], depth)
	case '(':
		return j.called(before[:open], depth)
	}
	return bare
}

// opened judges a part of a list by the name of the list.
func (j *judge) opened(before []byte, depth int) use {
	if bytes.HasSuffix(bytes.TrimRight(before, " \t"), []byte("]string")) || bytes.HasSuffix(bytes.TrimRight(before, " \t"), []byte("]")) {
		before = before[:max(0, bytes.LastIndexByte(before, '['))]
	}
	return j.named(before, depth+1)
}

var tagName = regexp.MustCompile(`<([\w:.-]+)(?:\s[^<>]*)?>$`)

func tagged(before []byte) use {
	if m := tagName.FindSubmatch(before[max(0, len(before)-200):]); m != nil && isPlaceKey(string(m[1])) {
		return setting
	}
	return mention
}

// spaced judges a value that only a space parts from the name before it, as in
// a Dockerfile or a command.
func (j *judge) spaced(before []byte) use {
	i := bytes.LastIndexAny(before, " \t\n")
	name := string(before[i+1:])
	if isPlaceKey(name) && bytes.HasSuffix(bytes.TrimRight(before[:max(0, i)], " \t"), []byte(" set")) { // aws configure set region
		return setting
	}
	if strings.HasPrefix(name, "--") && isPlaceKey(name) || isPlaceKey(name) && (strings.ToUpper(name) == name || strings.HasPrefix(name, "aws_")) {
		return setting
	}
	return mention
}
