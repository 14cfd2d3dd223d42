package change

import (
	"context"
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/proof"
	"github.com/paddock-dev/paddock/internal/life/check/upload"
)

// TakeOwn keeps what Paddock's own checks said of the head of an open change
// elsewhere. It is a record: the checks that run here decide, whatever it says; only
// rules may ask that there is one (input.report.records). The caller has checked the
// right to. Errors: those of upload.Read and proof.By, Invalid when the report is
// about something else, Conflict when no open change ends in the commit, TooLarge
// when the commit has too many.
func (s *Service) TakeOwn(ctx context.Context, who core.Person, by core.Actor, a core.App, commit string, body []byte) (core.OwnReport, error) {
	u, err := upload.Read(body)
	if err != nil {
		return core.OwnReport{}, err
	}
	if u.Report.Commit != commit || u.Report.App != a.Name {
		return core.OwnReport{}, core.Errorf(core.Invalid, "The report is about commit %s of %q, not about commit %s of %q.", short(u.Report.Commit), clip(u.Report.App), short(commit), a.Name).
			Hinted("Check the commit that you send the report for, in the folder of this app.")
	}
	now := s.Clock.Now()
	r := core.OwnReport{ID: s.IDs.New(now), AppID: a.ID, Commit: commit, Digest: u.Digest, Body: u.Text, Bundle: u.Bundle, Tool: u.Report.Tool, Verdict: u.Report.Verdict,
		Policy: u.Report.PolicyRevision, Findings: len(u.Report.Findings), Partial: u.Report.Scope.Since != "", Source: source(by), Reporter: who.ID, ReporterBy: who.Email, Received: core.Stamp(now)}
	if u.Bundle != nil {
		var trusted []proof.Reporter
		for _, t := range s.Catalog.Current().Settings.Reporters(a.Name) {
			trusted = append(trusted, proof.Reporter{Name: t.Name, Key: t.Key})
		}
		if r.Signer, err = proof.By(trusted, u.Text, u.Bundle); err != nil {
			return core.OwnReport{}, err
		}
	}
	return r, s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.openAt(ctx, a.ID, commit)
		if err != nil {
			return err
		}
		have, err := s.Store.OwnReports(ctx, a.ID, commit)
		if err != nil {
			return err
		}
		again := slices.ContainsFunc(have, func(h core.OwnReport) bool { return h.Reporter == r.Reporter && h.Source == r.Source })
		if !again && len(have) >= maxOutside {
			return core.Errorf(core.TooLarge, "The commit has %d reports already.", len(have)).Hinted("Nothing is lost: the server checks the change itself.")
		}
		if err := s.Store.PutOwnReport(ctx, r); err != nil {
			return err
		}
		if err := s.Queue.Add(ctx, CheckTask, checkTask{App: a.ID, Number: c.Number, Head: commit}); err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "report.add", Actor: by, AppID: a.ID, Target: fmt.Sprintf("change %d", c.Number), Code: "ok",
			Data: map[string]string{"head": commit, "tools": r.Tool, "digest": r.Digest, "results": fmt.Sprint(r.Findings), "verdict": string(r.Verdict), "source": string(r.Source), "signer": r.Signer}})
	})
}

// source says what rules call a kind of actor.
func source(by core.Actor) core.ActorKind {
	if by.Kind == core.ActorService {
		return "pipeline"
	}
	return by.Kind
}

func clip(s string) string { return s[:min(len(s), 60)] }

// records are what rules see of the reports that were brought for a commit, and
// the digests of those, sorted.
func (s *Service) records(ctx context.Context, app core.ID, commit string) (digests []string, out []policy.Record, err error) {
	all, err := s.Store.OwnReports(ctx, app, commit)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range all {
		digests = append(digests, r.Digest)
		out = append(out, policy.Record{Source: string(r.Source), Attested: r.Signer != "", Signer: r.Signer, Verdict: r.Verdict, Partial: r.Partial, Policy: r.Policy, Tool: r.Tool})
	}
	slices.Sort(digests)
	return digests, out, nil
}

// recorded lets the merge rules see records too.
func recorded(p check.Policy, records []policy.Record) check.Policy {
	if r, ok := p.(rules); ok {
		r.records = records
		return r
	}
	return p
}
