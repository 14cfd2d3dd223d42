package git

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// notJudged is said when a push could not be judged. It is refused then.
const notJudged = "Your push was not accepted, because it could not be checked. Try again in a minute."

// judge answers a hook's question. Everything that is not a clear yes is a no.
func (s *HookServer) judge(ctx context.Context, q question) (r reply) {
	defer func() {
		if p := recover(); p != nil {
			s.o.Log.ErrorContext(ctx, "judging a push panicked", "panic", p)
			r = reply{Refuse: true, Lines: []string{notJudged}}
		}
	}()
	bad := len(q.Updates) == 0 || len(q.Updates) > maxUpdates ||
		slices.ContainsFunc(q.Updates, func(u core.RefUpdate) bool { return !validUpdate(u) })
	t, ok := s.use(q.Token, q.Hook)
	if bad || !ok {
		s.o.Log.WarnContext(ctx, "a hook asked without a push", "hook", q.Hook)
		return reply{Refuse: true, Lines: []string{notJudged}}
	}
	p := Push{Repo: t.repo, Caller: t.caller, Updates: q.Updates, Blobs: nothingNew}
	if q.Hook == postReceive {
		return s.told(ctx, p)
	}
	p.Blobs = func(ctx context.Context, fn func(string, string, int64, []byte) error) error {
		return s.o.Pushes.NewObjects(ctx, t.repo, q.Quarantine, q.Updates, fn)
	}
	p.Tree = func(ctx context.Context, commit string) (fs.FS, error) {
		return s.o.Pushes.PushedTree(ctx, t.repo, q.Quarantine, commit)
	}
	r = s.pre(ctx, p, q.Quarantine)
	if !r.Refuse {
		s.keep(q.Token)
	}
	return r
}

// pre asks the forge and then the gatekeeper.
func (s *HookServer) pre(ctx context.Context, p Push, quarantine string) reply {
	lines, err := s.o.Pushes.Refusals(ctx, p.Repo, quarantine, p.Updates)
	if err != nil {
		return s.unjudged(ctx, p, err)
	}
	if len(lines) > 0 {
		return reply{Refuse: true, Lines: lines}
	}
	a, err := s.o.Keeper.PrePush(ctx, p)
	if err == nil {
		err = ctx.Err() // an answer that came too late is no answer
	}
	if err != nil {
		return s.unjudged(ctx, p, err)
	}
	if a.Refuse && len(a.Lines) == 0 {
		a.Lines = []string{"Your push was not accepted."}
	}
	return reply(a)
}

// unjudged refuses a push. An error made for people is shown to the maker.
func (s *HookServer) unjudged(ctx context.Context, p Push, err error) reply {
	s.o.Log.ErrorContext(ctx, "a push could not be judged", "repo", p.Repo, "person", p.Caller.Person.ID.String(),
		"error", err, "cause", errors.Unwrap(err))
	var e *core.Error
	if errors.As(err, &e) && e.Code != core.Internal && e.Msg != "" {
		return reply{Refuse: true, Lines: []string{"Your push was not accepted. " + e.Msg, e.Hint}}
	}
	return reply{Refuse: true, Lines: []string{notJudged}}
}

// told tells the gatekeeper of a push that was kept.
func (s *HookServer) told(ctx context.Context, p Push) reply {
	a, err := s.o.Keeper.PostPush(ctx, p)
	if err != nil {
		s.o.Log.ErrorContext(ctx, "a kept push could not be told", "repo", p.Repo, "error", err)
		return reply{Lines: []string{"Your push was kept, but what follows it is late. Look at your app's page in a minute."}}
	}
	return reply{Lines: a.Lines}
}

func nothingNew(context.Context, func(string, string, int64, []byte) error) error { return nil }
