package appdata

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"sql":"SELECT ?1","params":[1,"a",null,true,1.5,[0,255]]}`, `[{"sql":"SELECT 1","params":[]},{"sql":"SELECT 2"}]`,
		`[]`, `{}`, `{"sql":1}`, `{"params":[[[]]]}`, `{"sql":"x","params":[1e999]}`, `[null]`, ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		queries, err := decode(bytes.NewReader(body))
		if err != nil {
			return
		}
		for _, q := range queries {
			for _, p := range q.Params {
				switch p.(type) {
				case nil, string, bool, int64, float64, []byte:
				default:
					t.Errorf("a parameter of type %T", p)
				}
			}
		}
	})
}

// Whatever the text, each statement that is let through starts with an
// allowed word, and nothing of the text is lost or added.
func FuzzStatements(f *testing.F) {
	for _, s := range []string{"SELECT 1; SELECT ';'", "CREATE TRIGGER t BEGIN SELECT 1; END; SELECT 2", "/* ; */ select [;] -- ;\n;", "EXPLAIN SELECT 1",
		"SELECT 'a''b'; ATTACH 'x' AS y", "PRAGMA table_info(t)", "WITH a AS (VALUES(1)) SELECT * FROM a", "\ufeffSELECT 1", "SELECT x'00'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := statements(text)
		if err != nil {
			return
		}
		at := 0
		for _, s := range list {
			i := strings.Index(text[at:], s)
			if i < 0 {
				t.Fatalf("%q is not part of %q", s, text)
			}
			at += i + len(s)
			first, ok, err := next(s, 0)
			for ok && err == nil && first.kind == ';' {
				first, ok, err = next(s, first.end)
			}
			if err != nil || ok && !slices.Contains(starters, first.text) {
				t.Errorf("%q starts with %q (%v)", s, first.text, err)
			}
		}
	})
}
