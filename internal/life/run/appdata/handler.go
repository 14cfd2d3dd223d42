package appdata

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// ServeHTTP speaks the wire form of the D1 binding:
//
//	POST /query?resultsFormat=ROWS_AND_COLUMNS|NONE, POST /execute
//	{"sql": "...", "params": [...]}  or an array of those: a batch
//
// and answers [{"success": true, "results": {"columns", "rows"}, "meta"}] or
// {"success": false, "error": "..."}.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/query" && r.URL.Path != "/execute" {
		write(w, failure{Error: "The database answers queries only."})
		return
	}
	queries, err := decode(r.Body)
	var results []result
	if err == nil {
		wantRows := r.URL.Path == "/query" && r.URL.Query().Get("resultsFormat") != "NONE"
		results, err = s.run(r.Context(), queries, wantRows)
	}
	if err != nil {
		write(w, failure{Error: s.words(err)})
		return
	}
	write(w, results)
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the app may have gone
}

var (
	sqlitePrefix = regexp.MustCompile(`^(SQL logic error|constraint failed): `)
	sqliteNumber = regexp.MustCompile(` \((\d+)\)$`)
)

// words turns an error into what the app sees after "D1_ERROR: ". SQLite's
// own messages speak of the app's SQL and are passed on without the driver's
// wrapping.
func (s *Store) words(err error) string {
	var e *core.Error
	switch {
	case errors.As(err, &e):
		return strings.TrimSpace(e.Msg + " " + e.Hint)
	case errors.Is(err, context.DeadlineExceeded), strings.Contains(err.Error(), "interrupted"):
		return "The query took longer than 5 seconds. Add an index, or read less at a time."
	case strings.Contains(err.Error(), "disk is full"):
		return "The app's database is full. Delete data, or ask for more storage in microapp.yaml."
	}
	text := sqliteNumber.ReplaceAllString(err.Error(), "")
	return strings.ReplaceAll(sqlitePrefix.ReplaceAllString(text, ""), s.path, "the database")
}
