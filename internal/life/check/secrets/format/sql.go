package format

import "strings"

// SQLRows reads the values of the wanted columns from INSERT statements and
// from COPY blocks of a dump. Columns come from the statement, or from a CREATE
// TABLE before it.
func SQLRows(text string, want func(column string) bool) []Value {
	r := rows{text: text, want: want, tables: map[string][]string{}}
	low := lowerASCII(text)
	for at := 0; at < len(text) && len(r.out) < maxPerFile; {
		i := nextStatement(low, at)
		if i < 0 {
			break
		}
		switch {
		case strings.HasPrefix(low[i:], "create table"):
			at = r.create(i + len("create table"))
		case strings.HasPrefix(low[i:], "copy "):
			at = r.copy(i + len("copy "))
		default:
			at = r.insert(i + len("insert into"))
		}
	}
	return r.out
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func nextStatement(low string, at int) int {
	if at >= len(low) {
		return -1
	}
	n := len(low) - at
	for _, word := range []string{"insert into", "create table", "\ncopy "} {
		if i := strings.Index(low[at:at+n], word); i >= 0 {
			n = i
			if word[0] == '\n' {
				n++
			}
		}
	}
	if at+n >= len(low) {
		return -1
	}
	return at + n
}

type rows struct {
	text   string
	want   func(string) bool
	tables map[string][]string
	out    []Value
}

func (r *rows) name(at int) (string, int) {
	at = skipSpace(r.text, at)
	for _, skip := range []string{"IF NOT EXISTS", "if not exists"} {
		if strings.HasPrefix(r.text[at:], skip) {
			at = skipSpace(r.text, at+len(skip))
		}
	}
	from := at
	for at < len(r.text) && at-from < 200 && (isName(r.text[at]) || isQuote(r.text[at]) || r.text[at] == '[' || r.text[at] == ']') {
		at++
	}
	return strings.ToLower(strings.Trim(r.text[from:at], "`\"'[]")), at
}

// create keeps the order of a table's columns.
func (r *rows) create(at int) int {
	table, at := r.name(at)
	at = skipSpace(r.text, at)
	if at >= len(r.text) || r.text[at] != '(' {
		return at
	}
	var columns []string
	for line := range strings.SplitSeq(r.text[at+1:min(len(r.text), at+20_000)], "\n") {
		word := strings.TrimSpace(line)
		if strings.HasPrefix(word, ")") {
			break
		}
		column, _, _ := strings.Cut(word, " ")
		column = strings.Trim(column, "`\"[],")
		switch strings.ToUpper(column) {
		case "", "PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "INDEX", "FOREIGN", "CHECK", "FULLTEXT":
		default:
			columns = append(columns, column)
		}
	}
	if len(r.tables) < 1000 && len(columns) < 500 {
		r.tables[table] = columns
	}
	return at + 1
}

// columnList reads "(a, b, c)".
func (r *rows) columnList(at int) ([]string, int) {
	at = skipSpace(r.text, at)
	if at >= len(r.text) || r.text[at] != '(' {
		return nil, at
	}
	end := strings.IndexByte(r.text[at:min(len(r.text), at+10_000)], ')')
	if end < 0 {
		return nil, at + 1
	}
	var out []string
	for c := range strings.SplitSeq(r.text[at+1:at+end], ",") {
		out = append(out, strings.Trim(strings.TrimSpace(c), "`\"[]"))
	}
	return out, at + end + 1
}

func (r *rows) wanted(columns []string) map[int]string {
	found := map[int]string{}
	for i, c := range columns {
		if r.want(c) {
			found[i] = c
		}
	}
	return found
}

func (r *rows) insert(at int) int {
	table, at := r.name(at)
	columns, at := r.columnList(at)
	at = skipSpace(r.text, at)
	if at+6 > len(r.text) || !strings.EqualFold(r.text[at:at+6], "values") {
		return at
	}
	if columns == nil {
		columns = r.tables[table]
	}
	wanted := r.wanted(columns)
	at += 6
	for len(r.out) < maxPerFile {
		at = skipSpace(r.text, at)
		if at >= len(r.text) || r.text[at] != '(' {
			return at
		}
		at = r.tuple(at+1, wanted)
		if at = skipSpace(r.text, at); at >= len(r.text) || r.text[at] != ',' {
			return at
		}
		at++
	}
	return at
}

// tuple reads one row up to after its closing parenthesis.
func (r *rows) tuple(at int, wanted map[int]string) int {
	for n, start, depth := 0, at, 0; at < len(r.text); {
		switch c := r.text[at]; c {
		case '\'', '"':
			from := at + 1
			at = r.endQuote(at)
			if name, ok := wanted[n]; ok && at > from && at <= len(r.text) {
				r.out = append(r.out, Value{Name: name, From: from, To: at - 1, At: start, Quoted: true, Form: "row"})
			}
			continue
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return at + 1
			}
		case ',':
			if depth == 0 {
				n, start = n+1, at+1
			}
		case ';':
			return at
		}
		at++
	}
	return at
}

// endQuote returns the offset after the closing quote; two quotes and a
// backslash do not close.
func (r *rows) endQuote(at int) int {
	q := r.text[at]
	for at++; at < len(r.text); at++ {
		switch {
		case r.text[at] == '\\':
			at++
		case r.text[at] == q && at+1 < len(r.text) && r.text[at+1] == q:
			at++
		case r.text[at] == q:
			return at + 1
		}
	}
	return len(r.text)
}

// copy reads the tab-separated rows of COPY table (columns) FROM stdin.
func (r *rows) copy(at int) int {
	_, at = r.name(at)
	columns, at := r.columnList(at)
	end := lineEnd(r.text, at)
	if !strings.Contains(strings.ToLower(r.text[at:end]), "from stdin") {
		return at + 1
	}
	wanted := r.wanted(columns)
	for at = end + 1; at < len(r.text) && len(r.out) < maxPerFile; at = end + 1 {
		end = lineEnd(r.text, at)
		if strings.HasPrefix(r.text[at:], `\.`) {
			break
		}
		from := at
		for n, field := range strings.Split(r.text[at:end], "\t") {
			if name, ok := wanted[n]; ok && field != `\N` && field != "" {
				r.out = append(r.out, Value{Name: name, From: from, To: from + len(field), At: from, Form: "row"})
			}
			from += len(field) + 1
		}
	}
	return at
}
