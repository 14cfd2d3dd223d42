package web

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// audit shows the audit log, newest first.
func (p *Pages) audit(w http.ResponseWriter, r *http.Request, who core.Person) error {
	q, err := eventQuery(r.URL.Query())
	if err != nil {
		return err
	}
	page, err := p.desk.Events(r.Context(), who, q)
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, auditPage(p.frame(r, "Audit log", "/audit"), q, page))
}

// exportEvents sends the events that the filter finds as a file.
func (p *Pages) exportEvents(w http.ResponseWriter, r *http.Request, who core.Person) error {
	q, err := eventQuery(r.URL.Query())
	if err != nil {
		return err
	}
	e, err := p.desk.ExportEvents(r.Context(), who, q, r.URL.Query().Get("format"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", e.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.File}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	if err := e.Write(w); err != nil {
		panic(http.ErrAbortHandler) // half an export must not look like a whole one
	}
	return nil
}

// proof sends the proof that one event is in the log.
func (p *Pages) proof(w http.ResponseWriter, r *http.Request, who core.Person) error {
	file, body, err := p.desk.Prove(r.Context(), who, core.ID(r.PathValue("id")), true)
	if err != nil {
		return err
	}
	sendFile(w, file, "text/plain; charset=utf-8", body)
	return nil
}

// eventQuery reads the filter from a query; unknown keys are ignored. Days are
// whole days in UTC.
func eventQuery(v url.Values) (view.EventQuery, error) {
	get := func(key string) string { return strings.TrimSpace(v.Get(key)) }
	q := view.EventQuery{Actor: get("actor"), App: get("app"), Gate: get("gate"), Action: get("action"), Code: get("code"), Before: get("before"), Limit: 50}
	var err error
	if q.From, err = readDay("from", get("from")); err != nil {
		return q, err
	}
	if q.To, err = readDay("to", get("to")); err == nil && !q.To.IsZero() {
		q.To = q.To.AddDate(0, 0, 1)
	}
	return q, err
}

// readDay reads a date; none is the zero time.
func readDay(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, core.Errorf(core.Invalid, "%q is not a day.", text).Hinted("Write it like 2026-03-02.").At(field)
	}
	return t, nil
}

// auditPath is the page with the filter q, from its cursor on.
func auditPath(q view.EventQuery) string { return withQuery("/audit", q, "") }

// exportPath is the file with the events that q finds.
func exportPath(q view.EventQuery, format string) string {
	return withQuery("/audit/export", newest(q), format)
}

func withQuery(path string, q view.EventQuery, format string) string {
	v := url.Values{}
	for key, value := range map[string]string{"actor": q.Actor, "app": q.App, "gate": q.Gate, "action": q.Action, "code": q.Code,
		"from": dayText(q.From), "to": lastDay(q), "before": q.Before, "format": format} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// lastDay is the last day of the filter, as it was typed.
func lastDay(q view.EventQuery) string {
	if q.To.IsZero() {
		return ""
	}
	return dayText(q.To.AddDate(0, 0, -1))
}

// filtered reports whether the query narrows the log.
func filtered(q view.EventQuery) bool {
	return q.Actor+q.App+q.Gate+q.Action+q.Code != "" || !q.From.IsZero() || !q.To.IsZero()
}
