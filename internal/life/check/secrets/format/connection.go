package format

import "strings"

// Connection reads a password or key in a connection string, such as
// "Server=db;User Id=app;Password=x" or "jdbc:...?user=app&password=x".
func Connection(text string, at int) (v Value, next int, ok bool) {
	from, to := nameAround(text, at)
	v = Value{Name: text[from:to], At: from, Form: "connection"}
	before := from
	for before > 0 && text[before-1] == ' ' {
		before--
	}
	if to-from >= maxName || before == 0 || strings.IndexByte(";\"'?&`", text[before-1]) < 0 {
		return v, to, false
	}
	i := skipBlanks(text, to)
	if i >= len(text) || text[i] != '=' || strings.HasPrefix(text[i:], "==") || strings.HasPrefix(text[i:], "=>") {
		return v, to, false
	}
	i = skipBlanks(text, i+1)
	end := i
	for end < len(text) && end-i < 300 && text[end] > ' ' && strings.IndexByte(";\"'`<>&", text[end]) < 0 {
		end++
	}
	line := lowerASCII(text[max(lineStart(text, from), from-300):lineEnd(text[:min(len(text), end+200)], end)])
	for _, word := range []string{"server", "host", "data source", "datasource", "user id", "uid", "user", "username", "database", "accountname", "endpoint", "initial catalog"} {
		for j := 0; ; {
			k := strings.Index(line[j:], word)
			if k < 0 {
				break
			}
			j += k + len(word)
			if k = skipBlanks(line, j); k < len(line) && line[k] == '=' && !strings.HasPrefix(line[k:], "==") {
				v.From, v.To = i, end
				return v, to, end > i
			}
		}
	}
	return v, to, false
}
