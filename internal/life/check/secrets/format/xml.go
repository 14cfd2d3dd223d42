package format

import "strings"

// xml reads the value of a name in XML or HTML: an attribute, an element, or an
// element or attribute named by another attribute, as in <add key="Password"
// value="..."/>, <entry key="password">...</entry> and, in a property list,
// <key>Password</key><string>...</string>.
func (v *Value) xml(text string, from, to int) bool {
	before := byte(0)
	if from > 0 {
		before = text[from-1]
	}
	switch i := skipBlanks(text, to); {
	case before == '<' || before == ':' && from > 1 && text[from-2] != '/': // an element
		if from > 1 && text[from-2] == '/' {
			return false
		}
		return v.element(text, to)
	case i < len(text) && text[i] == '=': // an attribute
		i = skipBlanks(text, i+1)
		if i >= len(text) || text[i] != '"' && text[i] != '\'' {
			return false
		}
		a, b, ok := quoted(text, i)
		v.From, v.To, v.Quoted, v.Form = a, b, true, "attribute"
		return ok && b > a
	case (before == '"' || before == '\'') && to < len(text) && text[to] == before: // name="password"
		return v.namedByAttribute(text, from, to)
	case before == '>' && strings.HasPrefix(text[to:], "</key>"):
		i := skipSpace(text, to+len("</key>"))
		if !strings.HasPrefix(text[i:], "<string>") {
			return false
		}
		return v.element(text, i+len("<string"))
	}
	return false
}

// element reads the text from the end of a tag that at stands in.
func (v *Value) element(text string, at int) bool {
	end := strings.IndexByte(text[at:min(len(text), at+400)], '>')
	if end < 0 || end > 0 && text[at+end-1] == '/' {
		return false
	}
	from := at + end + 1
	if strings.HasPrefix(text[from:], "<![CDATA[") {
		from += len("<![CDATA[")
	}
	n := strings.IndexAny(text[from:min(len(text), from+maxValue)], "<]\n")
	if n <= 0 {
		return false
	}
	v.From, v.To, v.Form = from, from+n, "element"
	for v.To > v.From && (text[v.To-1] == ' ' || text[v.To-1] == '\r') {
		v.To--
	}
	for v.From < v.To && text[v.From] == ' ' {
		v.From++
	}
	return v.To > v.From
}

func (v *Value) namedByAttribute(text string, from, to int) bool {
	head := strings.ToLower(strings.TrimRight(text[max(0, from-12):from-1], " \t="))
	if !strings.HasSuffix(head, "name") && !strings.HasSuffix(head, "key") && !strings.HasSuffix(head, "id") {
		return false
	}
	tag := strings.LastIndexByte(text[max(0, from-300):from], '<')
	if tag >= 0 && strings.HasPrefix(strings.ToLower(text[max(0, from-300)+tag:from]), "<input") {
		return false
	}
	end := strings.IndexByte(text[to:min(len(text), to+maxValue)], '>')
	if end < 0 {
		return false
	}
	inside := text[to : to+end]
	if i := strings.Index(strings.ToLower(inside), "value="); i >= 0 && to+i+6 < len(text) && (text[to+i+6] == '"' || text[to+i+6] == '\'') {
		a, b, ok := quoted(text, to+i+6)
		v.From, v.To, v.Quoted, v.Form = a, b, true, "attribute"
		return ok && b > a
	}
	return v.element(text, to)
}

func skipSpace(text string, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
		at++
	}
	return at
}
