package regions

import (
	"bytes"
	"regexp"

	"github.com/paddock-dev/paddock/internal/life/check/lex"
)

// around judges the value of a setting whose own name says nothing, such as
// default or value: by what it is a part of, or by the name beside it.
func (j *judge) around(before []byte, name string) use {
	if beside(before, j.file.Text[len(before):min(len(before)+200, len(j.file.Text))]) {
		return setting
	}
	open, ok := lex.Opening(before)
	if ok && before[open] != '(' {
		return blockName(before[:open])
	}
	if m := firstArgument.FindSubmatch(before[open:]); ok && m != nil && isPlaceKey(string(m[1])) { // add_argument("--region", default="x")
		return setting
	}
	if openOption.Match(before[max(0, len(before)-200):]) {
		return mention
	}
	if u, ok := j.parent(before); ok {
		return u
	}
	return bare
}

var (
	firstArgument = regexp.MustCompile(`^\(\s*["']([\w.-]+)["']`)
	openOption    = regexp.MustCompile(`(?i)<option\s[^<>]*$`)
)

var besideName = regexp.MustCompile(`(?i)["']?\b(?:name|key|parameterkey|optionname|parametername)["']?\s*[:=]\s*["']?([\w./-]+)`)

// beside reports whether one of the lines before or after a value gives the
// name of a place: name: AWS_REGION, value: eu-west-1.
func beside(before, after []byte) bool {
	lines := bytes.Split(before[max(0, len(before)-300):], []byte("\n"))
	for i := len(lines) - 1; i >= max(0, len(lines)-4); i-- {
		if m := besideName.FindSubmatch(lines[i]); m != nil {
			return isPlaceKey(string(m[1]))
		}
		if i < len(lines)-1 && bytes.HasPrefix(bytes.TrimSpace(lines[i]), []byte("- ")) {
			break
		}
	}
	rest := bytes.SplitN(after, []byte("\n"), 3)
	if len(rest) > 1 {
		if m := besideName.FindSubmatch(rest[1]); m != nil && !bytes.HasPrefix(bytes.TrimSpace(rest[1]), []byte("-")) {
			return isPlaceKey(string(m[1]))
		}
	}
	return false
}

var quotedName = regexp.MustCompile(`"([^"\n]*)"\s*$`)

// blockName judges by the name in front of a bracket: variable "region" {.
func blockName(before []byte) use {
	before = bytes.TrimRight(before, " \t\n\r:=(")
	name := ""
	if m := quotedName.FindSubmatch(before[max(0, len(before)-120):]); m != nil {
		name = string(m[1])
	} else {
		name, _ = lex.LastName(before)
	}
	switch {
	case isChoice(name):
		return mention
	case isPlaceKey(name):
		return setting
	}
	return bare
}

func onlyDash(before []byte) bool {
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return len(bytes.TrimSpace(line)) > 0 && len(bytes.Trim(line, " \t-")) == 0
}

// item judges a part of a YAML list by the key above the list.
func (j *judge) item(before []byte) use {
	j.list = true
	u, ok := j.parent(before)
	if !ok {
		return bare
	}
	return u
}

var yamlKey = regexp.MustCompile(`^\s*(?:- )*["']?([\w./-]+)["']?\s*:`)

// parent judges by the key under which the last line of text stands, by how far
// lines are moved in.
func (j *judge) parent(before []byte) (use, bool) {
	lines := bytes.Split(before[max(0, len(before)-lookBack):], []byte("\n"))
	last := lines[len(lines)-1]
	level := indent(last)
	item := bytes.HasPrefix(bytes.TrimSpace(last), []byte("-"))
	for i := len(lines) - 2; i >= 0; i-- {
		line := lines[i]
		at := indent(line)
		if len(bytes.TrimSpace(line)) == 0 || at > level || at == level && (!item || bytes.HasPrefix(bytes.TrimSpace(line), []byte("-"))) {
			continue
		}
		m := yamlKey.FindSubmatch(line)
		if m == nil {
			return bare, false
		}
		name := string(m[1])
		switch {
		case isChoice(name):
			return mention, true
		case isPlaceKey(name):
			return setting, true
		case isGeneral(name):
			return j.around(bytes.Join(lines[:i+1], []byte("\n")), name), true
		}
		return bare, true
	}
	return bare, false
}

func indent(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// aloneOnLine judges a value that begins a line outside of code.
func (j *judge) aloneOnLine(before []byte, depth int) use {
	prev := bytes.TrimRight(before, "\n\r \t")
	if len(prev) == 0 || bytes.IndexByte([]byte(",[(={:\\"), prev[len(prev)-1]) < 0 {
		return mention
	}
	return j.named(bytes.TrimRight(prev, "\\"), depth+1)
}
