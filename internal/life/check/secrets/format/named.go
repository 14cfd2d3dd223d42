package format

import "strings"

// Named reads the value of the name of which the word at an offset is part. It
// reports false if the format has no value there. Next is where the name ends:
// other words before it belong to the same name.
func Named(c Class, text string, at int) (v Value, next int, ok bool) {
	from, to := nameAround(text, at)
	v = Value{Name: strings.Trim(text[from:to], "-."), At: from}
	if to-from >= maxName || to >= len(text) {
		return v, to, false
	}
	if c == XML {
		ok = v.xml(text, from, to)
		return v, to, ok
	}
	if c == Env || c == Ini {
		if i := strings.LastIndexByte(text[lineStart(text, from):from], '/'); i >= 0 && c == Ini { // //host/:_authToken
			from = max(from, lineStart(text, from))
		}
	}
	i, inQuotes := to, false
	if from > 0 && isQuote(text[from-1]) && text[i] == text[from-1] {
		i, inQuotes = i+1, true
	}
	if i < len(text) && text[i] == ']' {
		i++
	}
	i = skipBlanks(text, i)
	if i >= len(text) {
		return v, to, false
	}
	i, ok = operator(c, text, from, i, inQuotes)
	if !ok {
		return v, to, false
	}
	ok = v.read(c, text, skipBlanks(text, i), inQuotes)
	return v, to, ok
}

// operator reads what stands between a name and its value.
func operator(c Class, text string, from, i int, inQuotes bool) (int, bool) {
	rest := text[i:min(len(text), i+4)]
	switch {
	case strings.HasPrefix(rest, "=>"), strings.HasPrefix(rest, ":="), strings.HasPrefix(rest, "?="), strings.HasPrefix(rest, "+="):
		return i + 2, true
	case strings.HasPrefix(rest, "=="), strings.HasPrefix(rest, "=~"), strings.HasPrefix(rest, "::"):
		return i, false
	case rest[0] == '=':
		return i + 1, c != YAML || !inQuotes
	case rest[0] == ':' && c == Code && inQuotes && chosen(text, from): // x ? 'a' : 'b'
		return i, false
	case rest[0] == ':':
		return typed(c, text, i+1), true
	case rest[0] == ',' && inQuotes && (c == PHP || c == Code): // define('NAME', 'value')
		return i + 1, sets(text, from)
	case c == Words, c == Docker && startsWith(text, from, "ENV "), c == Shell && startsWith(text, from, "set "):
		return i, text[i] != '\n' && text[i] != '\r'
	case c == Ini && (text[i] == '"' || text[i] == '\''):
		return i, true
	}
	return i, false
}

// sets reports whether a name between quotes is the first argument of a call
// that sets something by its name.
func sets(text string, from int) bool {
	i := from - 2
	for i >= 0 && text[i] == ' ' {
		i--
	}
	if i < 0 || text[i] != '(' {
		return false
	}
	start, _ := nameAround(text, i)
	call := lowerASCII(text[start:i])
	for _, word := range []string{"set", "put", "add", "define", "env", "header", "property", "append", "with", "const", "param", "option"} {
		if strings.Contains(call, word) {
			return true
		}
	}
	return false
}

// chosen reports whether a question mark leads up to a name between quotes.
func chosen(text string, from int) bool {
	i := from - 2
	for i >= 0 && text[i] == ' ' {
		i--
	}
	return i >= 0 && text[i] == '?'
}

// typed passes over a type between a name and its value: name: string = "x".
func typed(c Class, text string, i int) int {
	if c != Code {
		return i
	}
	j := skipBlanks(text, i)
	k := j
	for k < len(text) && (isName(text[k]) || text[k] == '?' || text[k] == '<' || text[k] == '>' || text[k] == '|' || text[k] == '[' || text[k] == ']') {
		k++
	}
	if k == j {
		return i
	}
	if k = skipBlanks(text, k); k < len(text) && text[k] == '=' && !strings.HasPrefix(text[k:], "=>") && !strings.HasPrefix(text[k:], "==") {
		return k + 1
	}
	return i
}

func startsWith(text string, at int, word string) bool {
	line := strings.TrimLeft(text[lineStart(text, at):at], " \t")
	return len(line) >= len(word) && strings.EqualFold(line[:len(word)], word)
}

// read reads a value, with quotes or, where the format has such, without.
func (v *Value) read(c Class, text string, i int, inQuotes bool) bool {
	if i >= len(text) {
		return false
	}
	if c == Code || c == PHP { // b"...", f'...', @"...", String.raw`...`
		for n := 0; n < 2 && i+1 < len(text) && strings.IndexByte("bBrRfFuU@$L", text[i]) >= 0 && (isQuote(text[i+1]) || strings.IndexByte("bBrRfFuU@$L", text[i+1]) >= 0); n++ {
			i++
		}
	}
	if isQuote(text[i]) && !(text[i] == '`' && c != Code) {
		from, to, ok := quoted(text, i)
		v.From, v.To, v.Quoted, v.Form = from, to, true, "quoted"
		return ok && to > from
	}
	var stop string
	switch c {
	case Env, Ini:
		stop = ""
	case Words:
		stop = " \t"
	case Shell, Docker:
		stop = " \t;&|<>()\"'`"
	case YAML:
		if inQuotes {
			return false
		}
		stop = ""
		if open := text[lineStart(text, v.At):v.At]; strings.ContainsAny(open, "{[") {
			stop = ",}]"
		}
	case Prose, Other, SQL:
		stop = " \t,;)}\"'`<>"
	default:
		return false
	}
	v.From, v.To = bare(text, i, stop)
	v.Form = "bare"
	return v.To > v.From
}
