package api

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// Problem is an RFC 9457 problem. It never repeats the caller's input.
type Problem struct {
	Type      string    `json:"type" doc:"A page on this server that explains the code."`
	Title     string    `json:"title" doc:"What failed, in one sentence."`
	Status    int       `json:"status"`
	Detail    string    `json:"detail,omitempty" doc:"The whole message."`
	Code      core.Code `json:"code" doc:"Stable; see the errors page of the reference."`
	Fix       string    `json:"fix,omitempty" doc:"What to do next."`
	Field     string    `json:"field,omitempty" doc:"The input at fault."`
	Errors    []Fault   `json:"errors,omitempty" doc:"Every single fault."`
	RequestID string    `json:"request_id,omitempty"`

	wait time.Duration
}

// Fault is one of several faults of a problem.
type Fault struct {
	Pointer string `json:"pointer,omitempty" doc:"The input, role or file at fault."`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Title }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError: when to try again.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.wait.Seconds()))))
	}
	return h
}

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problemOf turns an error into a problem.
func problemOf(err error) *Problem {
	e := core.AsError(err)
	p := &Problem{Type: "/docs/errors#" + string(e.Code), Title: e.Msg, Status: core.OutcomeOf(e.Code).HTTP, Code: e.Code, Fix: e.Hint, Field: e.Field, wait: e.Wait}
	for _, sub := range e.Problems {
		p.Errors = append(p.Errors, Fault{Pointer: sub.Field, Message: sub.Msg, Fix: sub.Hint})
	}
	return p
}

// Refuse writes an error as a problem; the edge uses it for what never reaches
// an operation.
func Refuse(w http.ResponseWriter, r *http.Request, err *core.Error) {
	p := problemOf(err)
	p.RequestID = edge.RequestID(r.Context())
	w.Header().Set("Content-Type", "application/problem+json")
	if err.Code == core.Unauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Paddock"`)
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// newError is what huma calls for faults it finds itself: wrong JSON, wrong
// types, missing fields. The input is not repeated, because it may hold a secret.
func newError(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	code, title := fault(status)
	if title == "" {
		title = msg
	}
	p := &Problem{Type: "/docs/errors#" + string(code), Title: title, Status: status, Code: code, Fix: "Compare it with /api/openapi.json."}
	for _, err := range errs {
		var d *huma.ErrorDetail
		if code == core.Invalid && asDetail(err, &d) { // the other codes' details quote what was sent
			p.Errors = append(p.Errors, Fault{Pointer: d.Location, Message: d.Message})
		}
	}
	if ctx != nil {
		p.RequestID = edge.RequestID(ctx.Context())
	}
	return p
}

// fault gives a status of huma's own our code and words; no words leave huma's.
func fault(status int) (core.Code, string) {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return core.TooLarge, "The request is larger than this address takes."
	case status == http.StatusNotFound:
		return core.NotFound, ""
	case status == http.StatusUnsupportedMediaType:
		return core.Unreadable, "This address takes application/json only."
	case status == http.StatusBadRequest:
		return core.Unreadable, "The request is not JSON that can be read."
	case status == http.StatusUnprocessableEntity:
		return core.Invalid, "The request does not fit what this address takes."
	case status >= http.StatusInternalServerError:
		return core.Internal, "This request failed."
	}
	return core.Invalid, ""
}

func asDetail(err error, into **huma.ErrorDetail) bool {
	if d, ok := err.(huma.ErrorDetailer); ok {
		*into = d.ErrorDetail()
		return true
	}
	return false
}
