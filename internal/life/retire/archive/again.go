package archive

import (
	"context"
	"encoding/json"

	"github.com/paddock-dev/paddock/internal/core"
)

// history is what is known of an app's archivings and restorings.
type history struct {
	running map[string]core.Saga // by kind: under way
	last    map[string]core.Saga // by kind: the newest
}

func (s *Service) history(ctx context.Context, app core.ID) (history, error) {
	h := history{running: map[string]core.Saga{}, last: map[string]core.Saga{}}
	all, err := s.Store.SagasOf(ctx, app) // oldest first
	for _, g := range all {
		if g.State == core.SagaRunning {
			h.running[g.Kind] = g
		}
		h.last[g.Kind] = g
	}
	return h, err
}

// wished reports whether the newest saga of a kind was this person's wish and has
// brought the app to where it is: nothing of the other kind came after it.
func (h history) wished(kind, other string, actor core.Actor) (core.Saga, bool) {
	g, ok := h.last[kind]
	return g, ok && actor.ID != "" && g.Actor.ID == actor.ID && g.Created >= h.last[other].Created
}

// notArchived answers who wants back an app that is not archived. Whoever repeats
// a wish, because the first answer was lost or said to try again, is answered as
// the first time.
func (s *Service) notArchived(ctx context.Context, a core.App, actor core.Actor) error {
	h, err := s.history(ctx, a.ID)
	if err != nil {
		return err
	}
	if _, under := h.running[Saga]; under {
		return core.Errorf(core.Conflict, "App %q is being archived at this moment.", a.Name).Hinted("Wait until it is archived. Then restore it.")
	}
	g, mine := h.wished(RestoreSaga, Saga, actor)
	switch {
	case !mine || !a.State.CanMove(core.AppArchived):
		return core.Errorf(core.Conflict, "App %q is %s, not archived.", a.Name, a.State)
	case g.State == core.SagaFailed:
		return core.Errorf(core.Conflict, "App %q is active again, but not everything came back: %s", a.Name, g.Problem).Hinted("Archive it and restore it once more.")
	}
	return s.restored(ctx, g)
}

// restored goes on with a restoring and says what it says.
func (s *Service) restored(ctx context.Context, g core.Saga) error {
	g, err := s.finish(ctx, g)
	if err != nil {
		return err
	}
	var p restoring
	if err := json.Unmarshal(g.Data, &p); err != nil || p.Refusal == nil {
		return nil
	}
	return p.Refusal.error()
}

// restoring is what is kept with a restoring.
type restoring struct {
	Refusal *refusal `json:"refusal,omitempty"` // what the deploy gate said
}

// refusal is a refusal as it is kept, for those who ask again.
type refusal struct {
	Code     core.Code  `json:"code"`
	Msg      string     `json:"msg"`
	Hint     string     `json:"hint,omitempty"`
	Field    string     `json:"field,omitempty"`
	Problems []*refusal `json:"problems,omitempty"`
}

func refused(e *core.Error) *refusal {
	r := &refusal{Code: e.Code, Msg: e.Msg, Hint: e.Hint, Field: e.Field}
	for _, p := range e.Problems {
		r.Problems = append(r.Problems, refused(p))
	}
	return r
}

func (r *refusal) error() *core.Error {
	e := &core.Error{Code: r.Code, Msg: r.Msg, Hint: r.Hint, Field: r.Field}
	for _, p := range r.Problems {
		e.Problems = append(e.Problems, p.error())
	}
	return e
}
