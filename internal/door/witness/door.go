// Package witness is the door for other logs: this server cosigns their
// checkpoints, as c2sp.org/tlog-witness says.
package witness

import (
	"context"
	"io"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// Witness cosigns checkpoints.
type Witness interface {
	// Add answers one add-checkpoint request; an error is a fault of our own.
	Add(ctx context.Context, body string) (status int, mediaType, answer string, err error)
	// Latest returns what was cosigned last, by the hash of the log's origin.
	Latest(ctx context.Context, originHash string) (string, error)
}

// maxBody bounds a request in bytes.
const maxBody = 64 << 10

// Door serves the protocol.
type Door struct {
	Witness Witness
	Refuse  func(w http.ResponseWriter, r *http.Request, e *core.Error)
}

// Routes lists what the door answers. Anybody may ask: the signature of the
// checkpoint is what counts.
func (d Door) Routes() []edge.Route {
	return []edge.Route{
		{Door: edge.API, Method: "POST", Pattern: "/witness/add-checkpoint", Permission: edge.Anyone, Audit: "witness.caught, when a log that we watch shows two histories",
			Example: "/witness/add-checkpoint", Limit: maxBody, Handler: http.HandlerFunc(d.add)},
		{Door: edge.API, Method: "GET", Pattern: "/witness/{origin}/checkpoint", Permission: edge.Anyone, Audit: "none: read only",
			Example: "/witness/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/checkpoint", Handler: http.HandlerFunc(d.latest)},
	}
}

func (d Door) add(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		d.Refuse(w, r, core.Errorf(core.TooLarge, "A request has at most %d bytes.", maxBody))
		return
	}
	status, mediaType, answer, err := d.Witness.Add(r.Context(), string(body))
	if err != nil {
		edge.Note(r.Context(), err)
		d.Refuse(w, r, core.AsError(err))
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

func (d Door) latest(w http.ResponseWriter, r *http.Request) {
	signed, err := d.Witness.Latest(r.Context(), r.PathValue("origin"))
	if err != nil {
		edge.Note(r.Context(), err)
		d.Refuse(w, r, core.AsError(err))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = io.WriteString(w, signed)
}
