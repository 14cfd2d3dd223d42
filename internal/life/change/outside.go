package change

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
)

// maxOutside is how many reports of other tools one commit may have.
const maxOutside = 20

// TakeOutside keeps what another tool found in the head of an open change, and
// has the change checked again, so that it counts (CHK-3). The caller has checked
// the right to. A later report of the same tools takes the place of an earlier
// one. Errors: those of outside.Read, Conflict when no open change ends in the
// commit, TooLarge when the commit has too many reports.
func (s *Service) TakeOutside(ctx context.Context, who core.Person, by core.Actor, app core.ID, commit string, body []byte) (core.OutsideReport, error) {
	l, err := outside.Read("the report", body)
	if err != nil {
		return core.OutsideReport{}, err
	}
	kept, digest, err := l.Kept()
	if err != nil {
		return core.OutsideReport{}, err
	}
	now := s.Clock.Now()
	r := core.OutsideReport{ID: s.IDs.New(now), AppID: app, Commit: commit, Tools: strings.Join(l.Tools(), ", "), Digest: digest, Body: kept, Results: l.Results(),
		Reporter: who.ID, ReporterBy: who.Email, Received: core.Stamp(now)}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.openAt(ctx, app, commit)
		if err != nil {
			return err
		}
		if err := s.room(ctx, r); err != nil {
			return err
		}
		if err := s.Store.PutOutsideReport(ctx, r); err != nil {
			return err
		}
		if err := s.Queue.Add(ctx, CheckTask, checkTask{App: app, Number: c.Number, Head: commit}); err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "report.add", Actor: by, AppID: app, Target: fmt.Sprintf("change %d", c.Number), Code: "ok",
			Data: map[string]string{"head": commit, "tools": r.Tools, "digest": digest, "results": fmt.Sprint(r.Results)}})
	})
	return r, err
}

// openAt finds the open change that ends in a commit.
func (s *Service) openAt(ctx context.Context, app core.ID, commit string) (core.Change, error) {
	all, err := s.Store.Changes(ctx, app)
	if err != nil {
		return core.Change{}, err
	}
	i := slices.IndexFunc(all, func(c core.Change) bool { return c.State == core.ChangeOpen && c.Head == commit })
	if i < 0 {
		return core.Change{}, core.Errorf(core.Conflict, "No open change ends in the commit %q.", short(commit)).Hinted("Push the commit first. Give its whole name, of 40 letters and digits.")
	}
	return all[i], nil
}

func (s *Service) room(ctx context.Context, r core.OutsideReport) error {
	have, err := s.Store.OutsideReports(ctx, r.AppID, r.Commit)
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(have, func(h core.OutsideReport) bool { return h.Tools == r.Tools })
	if !known && len(have) >= maxOutside {
		return core.Errorf(core.TooLarge, "The commit has %d reports of other tools already.", len(have)).Hinted("Put the runs of several tools in one file.")
	}
	return nil
}

// outside returns what other tools found in a commit, and the digests, sorted.
func (s *Service) outside(ctx context.Context, app core.ID, commit string) ([]*outside.Log, []string, error) {
	kept, err := s.Store.OutsideReports(ctx, app, commit)
	if err != nil {
		return nil, nil, err
	}
	var logs []*outside.Log
	var digests []string
	for _, r := range kept {
		l, err := outside.Read(r.Tools, r.Body)
		if err != nil {
			return nil, nil, core.Hidden("Reading a report of another tool", err)
		}
		logs, digests = append(logs, l), append(digests, r.Digest)
	}
	slices.Sort(digests)
	return logs, digests, nil
}
