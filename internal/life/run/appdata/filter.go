package appdata

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// starters are the words that may start a statement. Everything else is
// refused, so a word this list does not know can do no harm.
var starters = []string{"SELECT", "WITH", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE",
	"CREATE", "DROP", "ALTER", "REINDEX", "ANALYZE", "EXPLAIN", "PRAGMA"}

// inTrigger are the words that may start a statement inside a trigger.
var inTrigger = []string{"SELECT", "WITH", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"}

// pragmas are the settings an app may ask for: they describe its own tables,
// or last for one transaction only.
var pragmas = []string{"TABLE_INFO", "TABLE_XINFO", "TABLE_LIST", "INDEX_LIST", "INDEX_INFO", "INDEX_XINFO",
	"FOREIGN_KEY_LIST", "FOREIGN_KEY_CHECK", "DEFER_FOREIGN_KEYS", "QUICK_CHECK", "OPTIMIZE"}

// modules are the virtual tables an app may make.
var modules = []string{"FTS5", "RTREE"}

func refused(what, fix string) error {
	return &core.Error{Code: core.Forbidden, Msg: what, Hint: fix}
}

// statements splits SQL and refuses what an app may not do. Every statement
// that SQLite could see in the text starts with a word that was checked here:
// the one at the beginning and the one after each semicolon outside quotes.
func statements(sql string) ([]string, error) {
	var out []string
	for start := 0; ; {
		end, err := statement(sql, start)
		if err != nil {
			return nil, err
		}
		if end < 0 {
			return out, nil
		}
		text := strings.TrimSpace(sql[start:end])
		if strings.Trim(text, "; \t\r\n") != "" {
			out = append(out, text)
		}
		start = end
	}
}

// statement checks the statement at start and returns where the next one
// begins, or -1 when only blanks are left.
func statement(sql string, start int) (int, error) {
	first, ok, err := next(sql, start)
	if err != nil || !ok {
		return -1, err
	}
	if first.kind == ';' {
		return first.end, nil
	}
	head, err := readHead(sql, first)
	if err != nil {
		return 0, err
	}
	if err := head.check(); err != nil {
		return 0, err
	}
	return rest(sql, first.end, head.trigger())
}

// head is how a statement begins: up to a dozen words and quoted names.
type head []token

func readHead(sql string, t token) (head, error) {
	h := head{t}
	for len(h) < 12 {
		n, ok, err := next(sql, h[len(h)-1].end)
		if err != nil {
			return nil, err
		}
		if !ok || n.kind == ';' {
			break
		}
		h = append(h, n)
	}
	if h[0].kind == 'w' && h[0].text == "EXPLAIN" {
		h = h[1:]
		if h.word(0) == "QUERY" && h.word(1) == "PLAN" {
			h = h[2:]
		}
	}
	return h, nil
}

func (h head) word(i int) string {
	if i < len(h) && h[i].kind == 'w' {
		return h[i].text
	}
	return ""
}

// trigger reports whether the statement makes a trigger, whose body holds
// semicolons.
func (h head) trigger() bool {
	if h.word(0) != "CREATE" {
		return false
	}
	i := 1
	if h.word(i) == "TEMP" || h.word(i) == "TEMPORARY" {
		i++
	}
	return h.word(i) == "TRIGGER"
}

func (h head) check() error {
	switch first := h.word(0); {
	case !slices.Contains(starters, first):
		return refused(fmt.Sprintf("An app's database does not run %s.", shown(h)), "Use SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER or DROP.")
	case first == "PRAGMA":
		return h.checkPragma()
	case first == "CREATE" && h.word(1) == "VIRTUAL":
		return h.checkModule()
	}
	return nil
}

func shown(h head) string {
	if len(h) == 0 {
		return "an empty statement"
	}
	if len(h[0].text) > 20 {
		return h[0].text[:20] + "..."
	}
	return h[0].text
}

// checkPragma knows PRAGMA name and PRAGMA schema.name, quoted or not.
func (h head) checkPragma() error {
	i := 1
	if len(h) > 3 && h[2].kind == 'o' && h[2].text == "." {
		i = 3
	}
	if i >= len(h) || !slices.Contains(pragmas, strings.ToUpper(h[i].text)) {
		return refused("An app's database does not run this PRAGMA.", "Leave it out: foreign keys are on, and settings are the platform's.")
	}
	return nil
}

func (h head) checkModule() error {
	for i := range h {
		if h.word(i) == "USING" && i+1 < len(h) && slices.Contains(modules, strings.ToUpper(h[i+1].text)) {
			return nil
		}
	}
	return refused("An app's database does not make this kind of virtual table.", "Use fts5 or rtree.")
}

// rest walks to the end of the statement. In a trigger each inner statement
// is checked too; END after a semicolon closes it.
func rest(sql string, i int, trigger bool) (int, error) {
	for {
		t, ok, err := next(sql, i)
		if err != nil {
			return 0, err
		}
		if !ok {
			return len(sql), nil
		}
		i = t.end
		if t.text == "pragma_database_list" || t.text == "PRAGMA_DATABASE_LIST" {
			return 0, refused("An app's database does not show where it is kept.", "Leave pragma_database_list out.")
		}
		if t.kind != ';' {
			continue
		}
		if !trigger {
			return i, nil
		}
		inner, ok, err := next(sql, i)
		switch {
		case err != nil:
			return 0, err
		case !ok:
			return len(sql), nil
		case inner.kind == 'w' && inner.text == "END":
			trigger = false // up to its own semicolon
		case inner.kind != 'w' || !slices.Contains(inTrigger, inner.text):
			return 0, refused(fmt.Sprintf("A trigger does not run %s.", shown(head{inner})), "Use SELECT, INSERT, UPDATE or DELETE inside a trigger.")
		}
	}
}
