package opa

import (
	"io"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// maxLog bounds an upload, as it is sent, in bytes.
const maxLog = 2 << 20

// take takes in a decision log as OPA's plugin sends it: a JSON list, compressed.
func (d *Door) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body) // the guard bounds it
	if err != nil {
		d.fail(w, r, core.Errorf(core.TooLarge, "The decision log is larger than %d bytes.", maxLog).Hinted("Set decision_logs.reporting.upload_size_limit_bytes."))
		return
	}
	var compressed bool
	switch e := r.Header.Get("Content-Encoding"); e {
	case "gzip":
		compressed = true
	case "", "identity":
	default:
		d.fail(w, r, core.Errorf(core.Unreadable, "The decision log is encoded as %.40q.", e).Hinted("Send it with gzip, as OPA does."))
		return
	}
	who, _ := edge.Caller(r.Context())
	actor := edge.Actor(r.Context())
	if err := d.logs.Take(r.Context(), who, actor, body, compressed); err != nil {
		d.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	edge.Note(r.Context(), err)
	d.refuse(w, r, core.AsError(err))
}
