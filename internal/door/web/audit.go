package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// audit shows the audit log, newest first.
func (p *Pages) audit(w http.ResponseWriter, r *http.Request, who core.Person) error {
	q := eventQuery(r.URL.Query())
	page, err := p.desk.Events(r.Context(), who, q)
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, auditPage(p.frame(r, "Audit log", "/audit"), q, page))
}

// eventQuery reads the filter from a query; unknown keys are ignored.
func eventQuery(v url.Values) view.EventQuery {
	get := func(key string) string { return strings.TrimSpace(v.Get(key)) }
	return view.EventQuery{Actor: get("actor"), App: get("app"), Action: get("action"), Code: get("code"),
		Before: get("before"), Limit: 50}
}

// auditPath is the page with the filter q, from its cursor on.
func auditPath(q view.EventQuery) string {
	v := url.Values{}
	for key, value := range map[string]string{"actor": q.Actor, "app": q.App, "action": q.Action, "code": q.Code, "before": q.Before} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if len(v) == 0 {
		return "/audit"
	}
	return "/audit?" + v.Encode()
}

// filtered reports whether the query narrows the log.
func filtered(q view.EventQuery) bool { return q.Actor+q.App+q.Action+q.Code != "" }
