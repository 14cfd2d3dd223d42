package evidence

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// organisation collects what is about no app: it comes last, when it is known
// who and which rules are named.
func (b *builder) organisation(ctx context.Context) error {
	if err := b.group(ctx, ""); err != nil {
		return err
	}
	if err := b.governance(ctx); err != nil {
		return err
	}
	return b.persons(ctx)
}

const activateAction = "governance.activate"

// aroundEvents reads the events about no app that others rest on: which rules
// were in force, and who the people are.
func (b *builder) aroundEvents(ctx context.Context) ([]Event, error) {
	active, err := b.activations(ctx)
	if err != nil {
		return nil, err
	}
	for _, action := range []string{"person.add", "person.switch_off", "person.switch_on", "course.take"} {
		err := b.eachOfAction(ctx, action, func(e Event) {
			var leaf struct {
				Actor  struct{ ID core.ID }
				Target any
			}
			if json.Unmarshal([]byte(e.Leaf), &leaf) != nil {
				return
			}
			target, _ := leaf.Target.(string)
			if b.people[core.ID(target)] || action == "course.take" && b.people[leaf.Actor.ID] {
				active = append(active, e)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return active, nil
}

// activations reads the events by which a governance revision took effect: the
// last one before the time, and those in it.
func (b *builder) activations(ctx context.Context) ([]Event, error) {
	from := b.time.from
	if b.scope.ByApp() {
		from = max(from, b.app.Created-1, b.grant.Created-setBack.Microseconds())
	}
	var all []Event
	err := b.eachOfAction(ctx, activateAction, func(e Event) {
		if e.At < from {
			all = nil // a later one took its place
		}
		all = append(all, e)
	})
	return all, err
}

// eachOfAction calls fn for each event of an action before the end of the time.
func (b *builder) eachOfAction(ctx context.Context, action string, fn func(Event)) error {
	for after := core.ID(""); ; {
		page, err := b.Source.Log.EventsOfAction(ctx, action, after, pageSize)
		if err != nil {
			return err
		}
		for _, e := range page {
			if e.At < b.time.to && e.Index < b.head.Size {
				fn(e)
			}
			after = e.ID
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

// maxRevisions bounds how many governance revisions one pack looks into.
const maxRevisions = 2000

// governance writes the revisions that were in force, the text of the policies
// that decisions name, and each vendor's state over time.
func (b *builder) governance(ctx context.Context) error {
	active, err := b.activations(ctx)
	if err != nil {
		return err
	}
	if len(active) > maxRevisions {
		return core.Errorf(core.TooLarge, "There were %d governance revisions in the time; a pack holds at most %d.", len(active), maxRevisions).Hinted("Export a shorter period.")
	}
	state := map[string]vendorRecord{}
	for _, e := range active {
		commit := targetOf(e)
		rev, err := b.Source.Governance.Revision(ctx, commit)
		r := revisionRecord{Commit: commit, At: moment(e.At), Event: e.Index, Policy: rev.PolicyID, Files: []string{}}
		outcome := "in force"
		if err != nil {
			outcome = "unreadable"
			b.problems = append(b.problems, "Governance revision "+short(commit)+" cannot be read any longer. Decisions under it are proven by digest, but cannot be replayed.")
		} else if err := b.revision(&r, rev, e.At, state); err != nil {
			return err
		}
		in := b.time.holds(e.At)
		_ = in
		if err := b.add("governance", r, false, "", row{ID: commit, At: r.At, What: "revision " + short(commit), Outcome: outcome, Event: e.Index, Detail: []string{"policy " + short(r.Policy)}}); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(state)) {
		if err := b.vendor(state[name]); err != nil {
			return err
		}
	}
	for p := range b.policies {
		if p != "" && !b.seen[policyFile(p)] {
			b.problems = append(b.problems, "The text of policy "+short(p)+" is not in the governance revisions of the time. Decisions under it are proven by digest, but cannot be replayed.")
		}
	}
	slices.Sort(b.problems)
	return nil
}

func targetOf(e Event) string {
	var leaf struct {
		Target string `json:"target"`
	}
	_ = json.Unmarshal([]byte(e.Leaf), &leaf)
	return leaf.Target
}

func policyFile(id string) string { return "policies/" + hexOf(id) + ".json" }

// policyRecord is one policies/<hex>.json: what is needed to judge again.
type policyRecord struct {
	Policy string        `json:"policy_revision"`
	Source policy.Source `json:"source"`
}

// revision adds what one governance revision says.
func (b *builder) revision(r *revisionRecord, rev Revision, at int64, state map[string]vendorRecord) error {
	if rev.PolicyID != "" && b.policies[rev.PolicyID] {
		data, err := encode(policyRecord{rev.PolicyID, rev.Policy})
		if err != nil {
			return core.Hidden("Writing a policy", err)
		}
		if err := b.document(policyFile(rev.PolicyID), data); err != nil {
			return err
		}
	}
	keep := map[string]bool{}
	if !b.scope.ByApp() {
		for name := range rev.Vendors {
			b.vendors[name] = true
		}
		keep["paddock.yaml"], keep["secrets-policy.json"], keep["policies/rollout.yaml"], keep["policies/exemptions.yaml"] = true, true, true, true
	}
	for name := range b.vendors {
		keep[VendorFile(name)] = true
	}
	digests := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(rev.Files)) {
		if !keep[path] {
			continue
		}
		digest := sha(rev.Files[path])
		digests[path] = digest
		r.Files = append(r.Files, path+" "+digest)
		if err := b.document("governance/"+hexOf(digest)+".txt", rev.Files[path]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.vendors)) {
		now := vendorRecord{Name: name, State: "unlisted", Hosts: []string{}, Regions: []string{}}
		if v, ok := rev.Vendors[name]; ok {
			now = vendor(v)
			now.File = digests[VendorFile(name)]
		}
		now.From, now.Revision = moment(at), rev.Commit
		was, known := state[name]
		if known && was.State == now.State && was.File == now.File {
			continue
		}
		if known {
			was.Until = now.From
			if err := b.vendor(was); err != nil {
				return err
			}
		}
		state[name] = now
	}
	return nil
}

func (b *builder) vendor(v vendorRecord) error {
	dpa := "no data agreement"
	if v.DPASigned {
		dpa = "data agreement signed"
		if v.DPAExpires != "" {
			dpa += ", until " + v.DPAExpires
		}
	}
	review := "privacy review " + or(v.PrivacyState, "none")
	if v.PrivacyBy != "" {
		review += " by " + v.PrivacyBy + " " + v.PrivacyDate
	}
	when := "until the export"
	if v.Until != "" {
		when = "until " + day(v.Until)
	}
	return b.add("vendors", v, false, "", row{ID: v.Name, At: v.From, What: or(v.Title, v.Name), Who: strings.Join(v.Hosts, " "), Outcome: v.State, Event: -1, Detail: []string{dpa, review, when}})
}

// persons writes who is named, and what they have passed.
func (b *builder) persons(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(b.people)) {
		p, err := b.Source.Apps.Person(ctx, id)
		if core.CodeOf(err) == core.NotFound {
			continue // somebody who is no longer known stays an id
		}
		if err != nil {
			return err
		}
		r := person(p)
		outcome := "active"
		if p.Disabled {
			outcome = "switched off"
		}
		if err := b.add("people", r, false, "", row{ID: r.ID, At: r.Created, What: strings.Join(r.Roles, ", "), Who: r.Email, Outcome: outcome, Event: -1}); err != nil {
			return err
		}
		certs, err := b.Source.Around.Certificates(ctx, id)
		if err != nil {
			return err
		}
		for _, c := range certs {
			rec := certificateRecord{r.ID, c.Course, moment(c.Passed), moment(c.Expires)}
			outcome := "valid"
			if c.Expires != 0 && c.Expires <= core.Stamp(b.now) {
				outcome = "expired"
			}
			detail := []string{"does not end"}
			if c.Expires != 0 {
				detail = []string{"until " + day(rec.Expires)}
			}
			if err := b.add("certificates", rec, false, "", row{ID: r.ID, At: rec.Passed, What: c.Course, Who: r.Email, Outcome: outcome, Event: -1, Detail: detail}); err != nil {
				return err
			}
		}
	}
	return nil
}
