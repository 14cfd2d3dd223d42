package edge

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

type wideKey struct{}

// wideEvent gathers what one log line says of a request.
type wideEvent struct {
	door  Door
	route string
	actor string
	err   error
}

func wideOf(ctx context.Context) *wideEvent {
	if ev, ok := ctx.Value(wideKey{}).(*wideEvent); ok {
		return ev
	}
	return &wideEvent{}
}

// Note keeps the error that a handler answered with, for the log.
func Note(ctx context.Context, err error) { wideOf(ctx).err = err }

// log writes the one event of a request. The path and the query of a sign-in
// may hold a token, so only the route's pattern is written.
func (rt *Router) log(r *http.Request, rec *recorder, ev *wideEvent, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("request", RequestID(r.Context())), slog.String("door", string(ev.door)), slog.String("route", ev.route),
		slog.String("method", r.Method), slog.Int("status", rec.status()), slog.Int64("bytes", rec.bytes), slog.Duration("took", took),
	}
	if ev.actor != "" {
		attrs = append(attrs, slog.String("actor", ev.actor))
	}
	level := slog.LevelInfo
	if ev.err != nil {
		e := core.AsError(ev.err)
		attrs = append(attrs, slog.String("code", string(e.Code)), slog.String("error", e.Msg))
		if e.Err != nil {
			attrs = append(attrs, slog.String("cause", e.Err.Error()))
		}
		if e.Code == core.Internal {
			level = slog.LevelError
		}
	}
	rt.o.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// recorder remembers the status and size of an answer.
type recorder struct {
	http.ResponseWriter
	code  int
	bytes int64
	wrote bool
}

// WriteHeader implements http.ResponseWriter.
func (rec *recorder) WriteHeader(code int) {
	if !rec.wrote {
		rec.code, rec.wrote = code, true
	}
	rec.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (rec *recorder) Write(b []byte) (int, error) {
	rec.wrote = true
	n, err := rec.ResponseWriter.Write(b)
	rec.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the real writer.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }

// Flush implements http.Flusher, which git and event streams need.
func (rec *recorder) Flush() { _ = http.NewResponseController(rec.ResponseWriter).Flush() }

func (rec *recorder) status() int {
	if rec.code == 0 {
		return http.StatusOK
	}
	return rec.code
}
