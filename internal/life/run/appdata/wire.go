package appdata

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of one request.
const (
	maxBody       = 4 << 20
	maxStatements = 200
	maxSQL        = 100_000
	maxParams     = 100
	maxRows       = 10_000
	maxAnswer     = 8 << 20
)

// query is one statement of a request: {"sql": "...", "params": [...]}.
type query struct {
	SQL    string
	Params []any // nil, int64, float64, string, bool or []byte
}

// decode reads the body of a request: one query or an array of them (batch).
//
// Errors: Unreadable and TooLarge.
func decode(body io.Reader) ([]query, error) {
	raw, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "The request broke off: %w", err)
	}
	if len(raw) > maxBody {
		return nil, tooLarge("The request is larger than %d MB.", maxBody>>20)
	}
	type wire struct {
		SQL    string            `json:"sql"`
		Params []json.RawMessage `json:"params"`
	}
	var list []wire
	if raw = bytes.TrimSpace(raw); len(raw) > 0 && raw[0] == '[' {
		err = json.Unmarshal(raw, &list)
	} else {
		list = make([]wire, 1)
		err = json.Unmarshal(raw, &list[0])
	}
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "The request is not what the database understands.")
	}
	if len(list) > maxStatements {
		return nil, tooLarge("One batch may hold %d statements.", maxStatements)
	}
	queries := make([]query, 0, len(list))
	for _, w := range list {
		if len(w.SQL) > maxSQL || len(w.Params) > maxParams {
			return nil, tooLarge("One statement may have %d bytes and %d parameters.", maxSQL, maxParams)
		}
		q := query{SQL: w.SQL}
		for _, p := range w.Params {
			v, err := param(p)
			if err != nil {
				return nil, err
			}
			q.Params = append(q.Params, v)
		}
		queries = append(queries, q)
	}
	return queries, nil
}

func tooLarge(format string, args ...any) error {
	return core.Errorf(core.TooLarge, format, args...).Hinted("Send less at a time.")
}

// param reads one parameter; bytes travel as an array of numbers.
func param(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, core.Errorf(core.Unreadable, "A parameter cannot be read.")
	}
	switch v := v.(type) {
	case nil, string, bool:
		return v, nil
	case json.Number:
		return number(v)
	case []any:
		out := make([]byte, len(v))
		for i, e := range v {
			n, ok := e.(json.Number)
			b, err := n.Int64()
			if !ok || err != nil || b < 0 || b > 255 {
				return nil, core.Errorf(core.Unreadable, "A list parameter must hold bytes, numbers from 0 to 255.")
			}
			out[i] = byte(b)
		}
		return out, nil
	}
	return nil, core.Errorf(core.Unreadable, "A parameter may be text, a number, true, false, null or bytes.")
}

func number(n json.Number) (any, error) {
	if i, err := n.Int64(); err == nil {
		return i, nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "The number %.40s is too large.", n)
	}
	return f, nil
}

// result is the answer to one statement. Results is nil when rows were not
// asked for.
type result struct {
	Success bool  `json:"success"`
	Results *rows `json:"results,omitempty"`
	Meta    meta  `json:"meta"`
}

type rows struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
}

// meta are the facts about a statement that the binding hands to the app.
type meta struct {
	ServedBy    string  `json:"served_by"`
	Duration    float64 `json:"duration"` // milliseconds
	Changes     int64   `json:"changes"`
	LastRowID   int64   `json:"last_row_id"`
	ChangedDB   bool    `json:"changed_db"`
	SizeAfter   int64   `json:"size_after"` // bytes
	RowsRead    int64   `json:"rows_read"`
	RowsWritten int64   `json:"rows_written"`
}

// failure is the answer when a request did not work; nothing of it happened.
type failure struct {
	Success bool   `json:"success"`
	Error   string `json:"error"`
}

// cell turns a value of SQLite into what JSON can carry, and its size.
func cell(v any) (any, int, error) {
	switch v := v.(type) {
	case nil, int64, bool:
		return v, 8, nil
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, 8, nil
		}
		return v, 8, nil
	case string:
		return v, len(v) + 2, nil
	case []byte:
		list := make([]int, len(v))
		for i, b := range v {
			list[i] = int(b)
		}
		return list, 4*len(v) + 2, nil
	}
	return nil, 0, fmt.Errorf("a value of type %T", v)
}
