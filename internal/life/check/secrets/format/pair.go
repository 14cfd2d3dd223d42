package format

import "strings"

// Pair reads a value that stands in a second setting beside the one that holds
// its name, as Kubernetes and Compose write environments:
//
//   - name: DB_PASSWORD
//     value: hunter2
func Pair(c Class, text string, at int) (Value, bool) {
	from, to := nameAround(text, at)
	v := Value{Name: text[from:to], At: from, Form: "pair"}
	if c != YAML && c != JSON || to-from >= maxName {
		return v, false
	}
	head := strings.ToLower(strings.Trim(text[lineStart(text, from):from], " \t-\"'{:,"))
	if head != "name" && head != "key" && !strings.HasSuffix(head, `"name`) && !strings.HasSuffix(head, `"key`) {
		return v, false
	}
	rest := text[to:min(len(text), to+300)]
	cut := len(rest) - len(strings.TrimLeft(rest, "\"', \t\r\n"))
	if cut == 0 || cut >= len(rest) {
		return v, false
	}
	i := to + cut
	if !strings.EqualFold(text[i:min(len(text), i+len("value"))], "value") {
		return v, false
	}
	i += len("value")
	if i < len(text) && isQuote(text[i]) {
		i++
	}
	if i = skipBlanks(text, i); i >= len(text) || text[i] != ':' {
		return v, false
	}
	ok := v.read(c, text, skipBlanks(text, i+1), c == JSON)
	return v, ok
}
