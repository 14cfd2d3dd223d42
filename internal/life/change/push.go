package change

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// Main is the branch that is protected and deployed.
const Main = "main"

// maxShown is how many secrets a refused push lists.
const maxShown = 5

// Files shows everything new in a push.
type Files = func(ctx context.Context, fn func(path, commit string, size int64, content []byte) error) error

// Screen looks for secrets in everything new in a push, before it is kept
// (SEC-1). It returns what to tell the maker; no lines mean that the push may
// be kept. Each refused push is counted as incidents, without the values.
func (s *Service) Screen(ctx context.Context, app core.App, actor core.Actor, files Files) ([]string, error) {
	var found []core.Finding
	err := files(ctx, func(path, commit string, size int64, content []byte) error {
		if content == nil && size > 0 {
			found = append(found, findings.New("file_too_large", findings.At{Path: path}, "path", path, "size", fmt.Sprint(size)))
			return nil
		}
		for _, f := range s.Scanner.Scan(path, content) {
			if f.Blocking { // a caution is for the check of the change
				found = append(found, f)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, nil
	}
	if err := s.count(ctx, app, actor, found); err != nil {
		return nil, err
	}
	return refusal(found), nil
}

func (s *Service) count(ctx context.Context, app core.App, actor core.Actor, found []core.Finding) error {
	now := s.Clock.Now()
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		seen := map[string]bool{}
		for _, f := range found {
			if seen[f.Fingerprint+f.Path] {
				continue
			}
			seen[f.Fingerprint+f.Path] = true
			kind := "secret_in_push"
			if f.Code == "file_too_large" {
				kind = "unread_in_push"
			}
			if err := s.Store.AddIncident(ctx, core.Incident{ID: s.IDs.New(now), Kind: kind, AppID: app.ID, Actor: actor, What: f.What, Place: place(f), Fingerprint: f.Fingerprint, At: core.Stamp(now)}); err != nil {
				return err
			}
		}
		return s.Audit.Append(ctx, core.Event{Action: "push.refuse", Actor: actor, AppID: app.ID, Target: app.Name, Code: string(core.Blocked),
			Data: map[string]string{"secrets": fmt.Sprint(len(seen)), "first": place(found[0])}})
	})
}

func place(f core.Finding) string {
	if f.Line == 0 {
		return f.Path
	}
	return fmt.Sprintf("%s:%d", f.Path, f.Line)
}

// refusal says in plain words why a push was not kept.
func refusal(found []core.Finding) []string {
	lines := []string{"", "Paddock did not keep this push. It holds something that must stay secret.", ""}
	for i, f := range found {
		if i == maxShown {
			lines = append(lines, fmt.Sprintf("  ... and %d more.", len(found)-maxShown))
			break
		}
		lines = append(lines, "  "+place(f)+": "+f.What)
		if f.Why != "" {
			lines = append(lines, "    Why: "+f.Why)
		}
		for _, step := range f.Fix {
			lines = append(lines, "    Fix: "+step)
		}
	}
	return append(lines, "", "Nothing was stored. Take the value out of your commit, not only out of the file:",
		"  git reset --soft HEAD~1   then edit, commit and push again.",
		"If the value was ever real, replace it now: others may have seen it.", "")
}

// Pushed opens or refreshes the change of a branch after a push was kept, has it
// checked, and returns what to tell the maker.
func (s *Service) Pushed(ctx context.Context, app core.App, who core.Person, actor core.Actor, branch, head string) ([]string, error) {
	c, err := s.refresh(ctx, app, who, actor, branch, head)
	if err != nil {
		return nil, err
	}
	report, err := s.Check(ctx, app.ID, c.Number, head)
	if err != nil {
		return []string{fmt.Sprintf("Change %d is open. Its checks are still running: /apps/%s/changes/%d", c.Number, app.Name, c.Number)}, nil
	}
	return summary(app, c, report), nil
}

func (s *Service) refresh(ctx context.Context, app core.App, who core.Person, actor core.Actor, branch, head string) (core.Change, error) {
	commits, err := s.Forge.Commits(ctx, app.Name, Main, head)
	if err != nil {
		return core.Change{}, err
	}
	base, err := s.Forge.Head(ctx, app.Name, Main)
	if err != nil {
		return core.Change{}, err
	}
	var c core.Change
	return c, s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err = s.Store.OpenChange(ctx, app.ID, branch)
		action := "change.update"
		now := s.Clock.Now()
		next := core.Change{ID: s.IDs.New(now), AppID: app.ID, Title: title(commits, branch), Branch: branch, Head: head, Base: base, Author: who.ID, Committers: joined(core.Authors(commits), []string{strings.ToLower(who.Name + " <" + who.Email + ">")}), Created: core.Stamp(now)}
		switch {
		case core.CodeOf(err) == core.NotFound:
			action = "change.open"
			c, err = s.Store.AddChange(ctx, next)
		case err == nil:
			c.Head, c.Base, c.Title, c.Committers = head, base, next.Title, joined(c.Committers, next.Committers)
			err = s.Store.MoveHead(ctx, c)
		}
		if err != nil {
			return err
		}
		if err := s.Approvals.Void(ctx, actor, app.ID, core.GateChangeMerge, head); err != nil {
			return err
		}
		if err := s.Queue.Add(ctx, CheckTask, checkTask{App: app.ID, Number: c.Number, Head: head}); err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: action, Actor: actor, AppID: app.ID, Target: fmt.Sprintf("change %d", c.Number), Code: "ok",
			Data: map[string]string{"branch": branch, "head": head}})
	})
}

// joined lists who is in either list: who once worked on a change, or pushed it,
// stays kept out of approving it.
func joined(a, b []string) []string {
	out := slices.Clone(a)
	for _, who := range b {
		if !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	return out
}

// title is the subject of the first commit of a change.
func title(commits []core.Commit, branch string) string {
	if len(commits) == 0 {
		return branch
	}
	t := strings.TrimSpace(commits[len(commits)-1].Subject)
	if len(t) > 120 {
		t = t[:117] + "..."
	}
	if t == "" {
		return branch
	}
	return strings.ToValidUTF8(t, "?")
}
