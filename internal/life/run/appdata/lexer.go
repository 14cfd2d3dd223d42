package appdata

import "strings"

// token is one piece of SQL. Kind is 'w' for a word (keyword or bare name),
// 'q' for anything in quotes, ';' for the end of a statement, 'o' for the rest.
type token struct {
	kind byte
	text string // a word in upper case; what is inside the quotes, as it is
	end  int    // where the next token may start
}

// next reads one token at i, by the rules of SQLite's own tokenizer; ok is
// false at the end. An error says that quotes are not closed.
func next(sql string, i int) (t token, ok bool, err error) {
	i, err = skipBlank(sql, i)
	if err != nil || i >= len(sql) {
		return token{}, false, err
	}
	switch c := sql[i]; {
	case c == ';':
		return token{';', ";", i + 1}, true, nil
	case c == '\'' || c == '"' || c == '`':
		return quotedToken(sql, i, c)
	case c == '[':
		end := strings.IndexByte(sql[i:], ']')
		if end < 0 {
			return token{}, false, refused("A name in [ ] is not closed.", "Close it with ].")
		}
		return token{'q', sql[i+1 : i+end], i + end + 1}, true, nil
	case isNameByte(c):
		j := i
		for j < len(sql) && isNameByte(sql[j]) {
			j++
		}
		return token{'w', strings.ToUpper(sql[i:j]), j}, true, nil
	default:
		return token{'o', sql[i : i+1], i + 1}, true, nil
	}
}

// skipBlank skips white space and comments. A block comment that is not
// closed runs to the end, as in SQLite.
func skipBlank(sql string, i int) (int, error) {
	for i < len(sql) {
		switch {
		case sql[i] == ' ' || sql[i] >= '\t' && sql[i] <= '\r':
			i++
		case strings.HasPrefix(sql[i:], "--"):
			end := strings.IndexByte(sql[i:], '\n')
			if end < 0 {
				return len(sql), nil
			}
			i += end + 1
		case strings.HasPrefix(sql[i:], "/*"):
			if len(sql) == i+2 {
				return i, refused("A comment is not closed.", "Close it with */.")
			}
			end := strings.Index(sql[i+2:], "*/")
			if end < 0 {
				return len(sql), nil
			}
			i += 2 + end + 2
		case sql[i] == 0:
			return i, refused("The SQL holds a zero byte.", "Send values as parameters.")
		default:
			return i, nil
		}
	}
	return i, nil
}

// quotedToken reads a quoted text, in which the quote is doubled.
func quotedToken(sql string, i int, quote byte) (token, bool, error) {
	var inside strings.Builder
	for j := i + 1; j < len(sql); j++ {
		switch {
		case sql[j] == 0:
			return token{}, false, refused("The SQL holds a zero byte.", "Send values as parameters.")
		case sql[j] != quote:
			inside.WriteByte(sql[j])
		case j+1 < len(sql) && sql[j+1] == quote:
			inside.WriteByte(quote)
			j++
		default:
			return token{'q', inside.String(), j + 1}, true, nil
		}
	}
	return token{}, false, refused("A text in quotes is not closed.", "Close it, or send the value as a parameter.")
}

func isNameByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
