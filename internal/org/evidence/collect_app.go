package evidence

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// needs are the records outside of the time that records in it rest on.
type needs struct {
	decisions map[core.ID]bool
	requests  map[core.ID]bool
	artifacts map[string]bool
	commits   map[string]bool
	grants    map[core.ID]bool
}

func newNeeds() needs {
	return needs{map[core.ID]bool{}, map[core.ID]bool{}, map[string]bool{}, map[string]bool{}, map[core.ID]bool{}}
}

// group collects everything about one app, or with an empty id everything that
// is about no app. Only this much is in memory at a time.
func (b *builder) group(ctx context.Context, id core.ID) error {
	n := newNeeds()
	if id == "" && b.scope.ByApp() {
		_, err := b.events(ctx, id, n)
		return err
	}
	if b.scope.Grant != "" {
		return b.oneGrant(ctx, id)
	}
	if err := b.inForce(ctx, id, &n); err != nil {
		return err
	}
	deployments, err := b.deployments(ctx, id, &n)
	if err != nil {
		return err
	}
	decisions, err := b.Source.Judged.Decisions(ctx, id)
	if err != nil {
		return err
	}
	decisions = slices.DeleteFunc(decisions, func(d core.Decision) bool {
		in := b.time.holds(d.At)
		if in || n.decisions[d.ID] {
			n.requests[d.RequestID] = true
		}
		if in {
			delete(n.decisions, d.ID)
		}
		return !in && !n.decisions[d.ID]
	})
	requests, err := b.requests(ctx, id, &n)
	if err != nil {
		return err
	}
	told, err := b.events(ctx, id, n)
	if err != nil {
		return err
	}
	if err := b.judged(decisions, requests, n, told); err != nil {
		return err
	}
	if err := b.grants(ctx, id, requests, told); err != nil {
		return err
	}
	maps.Copy(n.grants, told.began)
	if err := b.elevations(ctx, n.grants, told); err != nil {
		return err
	}
	if id == "" {
		return nil
	}
	if err := b.appItself(ctx, id, told.asked == 0); err != nil {
		return err
	}
	if err := b.built(ctx, id, n); err != nil {
		return err
	}
	for _, d := range deployments {
		b.name(d.By)
		r := row{ID: string(d.ID), At: moment(d.Created), What: "to " + d.Target + ", " + d.Region, Who: b.who(ctx, d.By), Outcome: string(d.State), Event: -1,
			Detail: []string{"artifact " + short(d.Artifact), until(d.Ended)}}
		if err := b.add("deployments", deployment(d), false, id, r); err != nil {
			return err
		}
	}
	return b.after(ctx, id)
}

// add writes a record with its row.
func (b *builder) add(kind string, record any, support bool, app core.ID, r row) error {
	if r.App == "" {
		r.App = b.names[app]
	}
	return b.tables[kind].add(record, support, r)
}

func (b *builder) appItself(ctx context.Context, id core.ID, support bool) error {
	a, err := b.Source.Apps.App(ctx, id)
	if core.CodeOf(err) == core.NotFound {
		a, err = core.App{ID: id, Name: string(id), State: "unknown"}, nil
	}
	if err != nil {
		return err
	}
	b.name(a.OwnerID, a.BuddyID)
	for _, v := range a.Descriptor.Vendors {
		b.vendors[v.Name] = true
	}
	r := app(a)
	r.Support = support
	detail := []string{"region " + a.Descriptor.Region}
	if a.Archived != 0 {
		detail = append(detail, "archived "+day(r.Archived))
	}
	return b.add("apps", r, support, id, row{ID: r.ID, At: r.Created, App: a.Name, What: string(a.Descriptor.Classification) + ", " + string(a.Descriptor.Runtime),
		Who: a.OwnerEmail, Outcome: r.State, Event: -1, Detail: detail})
}

// deployments lists those that ran in the time, and notes what they rest on.
func (b *builder) deployments(ctx context.Context, id core.ID, n *needs) ([]core.Deployment, error) {
	if id == "" {
		return nil, nil
	}
	all, err := b.Source.Ran.Deployments(ctx, id)
	all = slices.DeleteFunc(all, func(d core.Deployment) bool { return !b.time.overlaps(d.Created, d.Ended) })
	slices.SortFunc(all, func(x, y core.Deployment) int { return int(min(max(x.Created-y.Created, -1), 1)) })
	for _, d := range all {
		n.decisions[d.Decision], n.artifacts[d.Artifact] = true, true
	}
	return all, err
}

// requests lists those that were asked or answered in the time, and those that
// a decision rests on; what is left in n.requests is there for support.
func (b *builder) requests(ctx context.Context, id core.ID, n *needs) ([]core.ApprovalRequest, error) {
	all, err := b.Source.Judged.RequestsOf(ctx, id)
	delete(n.requests, "")
	return slices.DeleteFunc(all, func(q core.ApprovalRequest) bool {
		in := b.time.holds(q.Created) || slices.ContainsFunc(q.Approvals, func(a core.Approval) bool { return b.time.holds(a.At) })
		if in {
			delete(n.requests, q.ID)
		}
		return !in && !n.requests[q.ID]
	}), err
}

// judged writes decisions and approvals.
func (b *builder) judged(decisions []core.Decision, requests []core.ApprovalRequest, n needs, told *told) error {
	for _, d := range decisions {
		r := decision(d)
		r.Support = n.decisions[d.ID]
		if at, ok := told.decided[d.ID]; ok {
			r.Event = at
		}
		b.policies[d.PolicyRevision] = true
		b.vendorsIn(d.Input)
		b.name(d.Actor.ID)
		if !r.Support {
			b.results[string(d.Gate)+" "+string(d.Result)]++
		}
		rw := row{ID: r.ID, At: r.At, What: r.Gate, Who: d.Actor.Name, Outcome: r.Result, Event: r.Event, Detail: reasons(d)}
		if err := b.add("decisions", r, r.Support, d.AppID, rw); err != nil {
			return err
		}
	}
	for _, q := range requests {
		r := request(q)
		r.Support = n.requests[q.ID]
		if at, ok := told.requested[q.ID]; ok {
			r.Event = at
		}
		b.name(q.Requester)
		b.name(q.Excluded...)
		rw := row{ID: r.ID, At: r.Created, What: q.Subject, Who: b.who(context.Background(), q.Requester), Outcome: r.State, Event: r.Event, Detail: []string{"bound to " + short(q.Digest)}}
		for i, a := range q.Approvals {
			b.name(a.Approver)
			if at, ok := told.answered[answerKey(string(q.ID), string(a.Approver))]; ok {
				r.Answers[i].Event = at
			}
			rw.Detail = append(rw.Detail, said(a, b.who(context.Background(), a.Approver)))
		}
		if err := b.add("approvals", r, r.Support, q.AppID, rw); err != nil {
			return err
		}
	}
	return nil
}

// vendorsIn notes the vendors that a gate was told of.
func (b *builder) vendorsIn(input []byte) {
	var in struct {
		App struct {
			Vendors []struct {
				Name string `json:"name"`
			} `json:"vendors"`
		} `json:"app"`
	}
	if json.Unmarshal(input, &in) == nil {
		for _, v := range in.App.Vendors {
			b.vendors[v.Name] = true
		}
	}
}

// built writes artifacts with their documents, and the reports of their commits.
func (b *builder) built(ctx context.Context, id core.ID, n needs) error {
	all, err := b.Source.Ran.Artifacts(ctx, id)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(x, y core.Artifact) int { return int(min(max(x.Created-y.Created, -1), 1)) })
	for _, a := range all {
		in := b.time.holds(a.Created)
		if !in && !n.artifacts[a.Digest] {
			continue
		}
		n.commits[a.Commit] = true
		r := artifact(a)
		r.Support = !in
		if err := b.documents(ctx, &r); err != nil {
			return err
		}
		rw := row{ID: r.Digest, At: r.Created, What: "commit " + short(a.Commit), Outcome: "built", Event: -1, Detail: []string{short(a.Digest)}}
		if a.SBOM == "" || a.Provenance == "" {
			rw.Outcome = "without evidence"
		}
		if err := b.add("artifacts", r, r.Support, id, rw); err != nil {
			return err
		}
	}
	reports, err := b.Source.Judged.Reports(ctx, id)
	if err != nil {
		return err
	}
	for _, p := range reports {
		in := b.time.holds(p.At)
		if !in && !n.commits[p.Commit] {
			continue
		}
		b.policies[p.PolicyRevision] = true
		rw := row{ID: p.Commit, At: moment(p.At), What: "commit " + short(p.Commit), Who: p.Tool, Outcome: string(p.Verdict), Event: -1, Detail: looked(p.Report)}
		if err := b.add("reports", reportRecord{string(id), moment(p.At), p.Report, !in}, !in, id, rw); err != nil {
			return err
		}
	}
	return nil
}

// documents adds the documents of an artifact, each once.
func (b *builder) documents(ctx context.Context, r *artifactRecord) error {
	more, err := b.Source.Attestations.Attestations(ctx, r.Digest)
	if err != nil {
		return err
	}
	more = slices.DeleteFunc(more, func(d string) bool { return d == r.Provenance || d == r.SBOM })
	slices.Sort(more)
	r.Attestations = slices.Compact(more)
	keep := func(folder, digest string) error {
		name := documentName(folder, digest)
		if digest == "" || b.seen[name] {
			return nil
		}
		data, err := b.Source.Blobs.Get(ctx, digest)
		if err != nil {
			return err
		}
		return b.document(name, data)
	}
	if err := keep("sbom", r.SBOM); err != nil {
		return err
	}
	if err := keep("provenance", r.Provenance); err != nil {
		return err
	}
	for _, d := range r.Attestations {
		if err := keep("attestations", d); err != nil {
			return err
		}
	}
	return nil
}

// grants writes approvals that were granted, and what each kind of grant lists.
func (b *builder) grants(ctx context.Context, id core.ID, requests []core.ApprovalRequest, told *told) error {
	now := core.Stamp(b.now)
	write := func(r grantRecord) error {
		if !b.time.overlaps(stamp(r.Created), stamp(r.Ended)) {
			return nil
		}
		return b.add("grants", r, false, id, row{ID: r.ID, At: r.Created, What: r.Kind + ": " + r.What, Who: b.who(ctx, core.ID(r.To)), Outcome: r.End, Event: -1,
			Detail: []string{"until " + day(or(r.Ended, r.Expires)), r.Why}})
	}
	for _, q := range requests {
		if !wasGranted(q) {
			continue
		}
		if err := write(granted(q, told.voided[q.ID], now)); err != nil {
			return err
		}
	}
	for _, source := range b.Source.Grants {
		all, err := source.Grants(ctx, id)
		if err != nil {
			return err
		}
		for _, g := range all {
			if err := write(grant(id, g, now)); err != nil {
				return err
			}
		}
	}
	return nil
}

// wasGranted reports whether everybody who was asked has said yes.
func wasGranted(q core.ApprovalRequest) bool {
	yes := map[core.Role]int{}
	for _, a := range q.Approvals {
		if a.Yes {
			yes[a.Role]++
		}
	}
	return q.State != core.ApprovalRefused && len(q.Needs) > 0 && !slices.ContainsFunc(q.Needs, func(n core.Need) bool { return yes[n.Role] < n.Count() })
}

// after writes incidents and cost.
func (b *builder) after(ctx context.Context, id core.ID) error {
	happened, err := b.Source.Ran.Incidents(ctx, id)
	if err != nil {
		return err
	}
	slices.SortFunc(happened, func(x, y core.Incident) int { return int(min(max(x.At-y.At, -1), 1)) })
	for _, i := range happened {
		if !b.time.holds(i.At) {
			continue
		}
		if err := b.add("incidents", incident(i), false, id, row{ID: string(i.ID), At: moment(i.At), What: i.What, Who: i.Actor.Name, Outcome: i.Kind, Event: -1, Detail: []string{i.Place}}); err != nil {
			return err
		}
	}
	a, err := b.Source.Apps.App(ctx, id)
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	costs, err := b.Source.Around.Costs(ctx, a, b.time.from, b.time.to)
	if err != nil {
		return err
	}
	for _, c := range costs {
		c.App = string(id)
		if err := b.add("costs", c, false, id, row{ID: c.Period, At: c.Period, What: money(c.Amount, c.Currency) + " of " + money(c.Budget, c.Currency), Outcome: overBudget(c), Event: -1}); err != nil {
			return err
		}
	}
	return nil
}
