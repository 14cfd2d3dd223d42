package tour

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// patience bounds the wait for work that the server does in the background.
const patience = 20 * time.Second

// fixAndApprove pushes the fix. An internal app needs no human. A second,
// restricted one waits for one, and the person who asked may not say yes.
func fixAndApprove(ctx context.Context, r *road) (evidence, error) {
	if err := r.openVendor(ctx); err != nil {
		return nil, err
	}
	if _, err := r.tree.Run(ctx, "checkout", "-q", "origin/main", "--", "microapp.yaml", "package.json", "package-lock.json"); err != nil {
		return nil, err
	}
	err := visit.First(r.tree.Edit("src/talent.ts", "https://talent.example", "http://localhost:"+r.vendor.port),
		r.tree.Edit("microapp.yaml", "talent.example", "localhost:"+r.vendor.port), r.tree.Commit(ctx, "Stay in the region and drop lodash"))
	if err != nil {
		return nil, err
	}
	r.pushed = time.Now()
	if _, err := r.tree.Run(ctx, "push", "-q", "origin", "improve"); err != nil {
		return nil, err
	}
	c, err := r.checked(ctx, r.app, r.change)
	if err != nil {
		return nil, err
	}
	if err := visit.First(visit.Must(c.Verdict == core.Passed, "the report is %q: %v", c.Verdict, findings(c)), visit.Must(c.Approval == nil && c.Ready, "an internal change waits: %v", c.Why)); err != nil {
		return nil, err
	}
	who, err := r.restricted(ctx)
	return evidence{"checks": len(c.Checks), "internal": "approved by rule, ready to merge", "restricted": who}, err
}

// restricted makes the second app: it waits, its maker may not approve it, a
// colleague without the role may not either, security may.
func (r *road) restricted(ctx context.Context) (string, error) {
	if err := r.maker.Call(ctx, "POST", "/apps", r.form("salary-review", "restricted"), nil); err != nil {
		return "", err
	}
	a, err := r.waitFor(ctx, "salary-review", core.AppProvisioning)
	if err != nil {
		return "", err
	}
	var mine, theirs struct {
		Items []view.Approval `json:"items"`
	}
	if err := visit.First(r.maker.Call(ctx, "GET", "/approvals", nil, &mine), r.security.Call(ctx, "GET", "/approvals", nil, &theirs)); err != nil {
		return "", err
	}
	if err := visit.First(visit.Must(len(mine.Items) == 1 && !mine.Items[0].CanAnswer, "the maker sees %d requests she may answer", len(mine.Items)),
		visit.Must(len(theirs.Items) == 1 && theirs.Items[0].CanAnswer, "security sees %d requests", len(theirs.Items)), visit.Must(len(a.Steps) > 0 && !a.Steps[0].Done, "it was made without approval")); err != nil {
		return "", err
	}
	req := theirs.Items[0]
	yes := map[string]any{"yes": true, "digest": req.Digest}
	for _, who := range []*visit.Person{r.maker, r.colleague} {
		if _, err := visit.Refused(who.Call(ctx, "POST", "/approvals/"+string(req.ID), yes, nil), core.Forbidden); err != nil {
			return "", err
		}
	}
	if err := r.security.Call(ctx, "POST", "/approvals/"+string(req.ID), yes, nil); err != nil {
		return "", err
	}
	_, err = r.waitFor(ctx, "salary-review", core.AppActive)
	return "waited; refused to " + r.maker.Email + "; approved by " + r.security.Email, err
}

// openVendor has the platform engineer change the rules by a push: the vendor's
// record names its stand-in on this machine, and prices are high enough to be
// seen in a minute.
func (r *road) openVendor(ctx context.Context) error {
	if err := r.admin.Call(ctx, "PUT", "/secrets/talent-directory-token", map[string]string{"value": vendorSecret}, nil); err != nil {
		return err
	}
	c, err := r.cloneOf(ctx, r.admin, "governance", "governance")
	if err != nil {
		return err
	}
	at := "localhost:" + r.vendor.port
	if err := visit.First(c.Edit("vendors/talent-directory.yaml", "  - talent.example\n", "  - talent.example\n  - "+at+"\nallow_private:\n  - "+at+"\nplain_http:\n  - "+at+"\n"),
		c.Edit("paddock.yaml", "version: 2026-01", "version: tour"), c.Edit("paddock.yaml", "cpu_second: 0.00002", "cpu_second: 0.02"),
		c.Commit(ctx, "Reach the talent directory on this machine")); err != nil {
		return err
	}
	said, err := c.Run(ctx, "push", "-q", "origin", "main")
	return visit.First(err, visit.Must(contains(said, "is in force"), "the revision is not in force: %s", said))
}
