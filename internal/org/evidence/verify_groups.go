package evidence

import (
	"encoding/base64"
	"fmt"
	"maps"
	"reflect"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

func logOf(c audit.Checkpoint) ManifestLog {
	return ManifestLog{c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:])}
}

// tally counts what was proven.
type tally struct {
	events, covered                           int
	decisions, replayed, unreplayed           int
	approvals, answers, before                int
	artifacts, sboms, provenances, attested   int
	foreign, deployments, acts, vendors, revs int
	grants, uses                              int
	actions, results                          map[string]int
	firstSeen, lastSeen                       bool
}

// reading are the cursors over everything that is grouped by app.
type reading struct {
	events      *cursor[eventLine]
	acts        map[string]*cursor[actRecord]
	decisions   *cursor[decisionRecord]
	approvals   *cursor[approvalRecord]
	artifacts   *cursor[artifactRecord]
	deployments *cursor[deploymentRecord]
	grants      *cursor[grantRecord]
}

// groups goes through the pack app by app: only one app's records are in
// memory.
func (v *check) groups() {
	v.tally.actions, v.tally.results, v.active = map[string]int{}, map[string]int{}, map[string]map[int64]bool{}
	r := reading{acts: map[string]*cursor[actRecord]{},
		events:      open(v, "events", func(e *eventLine) string { return e.App }, func(e *eventLine) bool { return e.Support }),
		decisions:   open(v, "decisions", func(d *decisionRecord) string { return d.App }, func(d *decisionRecord) bool { return d.Support }),
		approvals:   open(v, "approvals", func(d *approvalRecord) string { return d.App }, func(d *approvalRecord) bool { return d.Support }),
		artifacts:   open(v, "artifacts", func(d *artifactRecord) string { return d.App }, func(d *artifactRecord) bool { return d.Support }),
		deployments: open(v, "deployments", func(d *deploymentRecord) string { return d.App }, func(d *deploymentRecord) bool { return d.Support }),
		grants:      open(v, "grants", func(d *grantRecord) string { return d.App }, func(d *grantRecord) bool { return d.Support })}
	for _, k := range kinds {
		if len(k.acts) > 0 {
			r.acts[k.Name] = open(v, k.Name, func(d *actRecord) string { return d.App }, func(d *actRecord) bool { return d.Support })
		}
	}
	for {
		app, more := r.next()
		if !more || v.ctx.Err() != nil {
			break
		}
		v.group(app, &r)
	}
	for _, c := range r.acts {
		c.count()
	}
	r.events.count()
	r.decisions.count()
	r.approvals.count()
	r.artifacts.count()
	r.deployments.count()
	r.grants.count()
	v.coverage()
}

// next returns the app that comes next in any file.
func (r *reading) next() (app string, more bool) {
	look := func(next string, there bool) {
		if there && (!more || before(next, app)) {
			app, more = next, true
		}
	}
	peek(r.events, look)
	peek(r.decisions, look)
	peek(r.approvals, look)
	peek(r.artifacts, look)
	peek(r.deployments, look)
	peek(r.grants, look)
	for _, c := range r.acts {
		peek(c, look)
	}
	return app, more
}

func peek[T any](c *cursor[T], look func(string, bool)) {
	if c.ahead != nil {
		look(c.app(c.ahead), true)
	}
}

// group checks everything about one app.
func (v *check) group(app string, r *reading) {
	if v.manifest.Scope.AppID != "" && app != "" && app != v.manifest.Scope.AppID {
		v.res.add(manifestFile, "The pack holds records about another app, %.80q.", app)
	}
	g := &logged{decided: map[string]*noted{}, asked: map[string]*noted{}, answered: map[string]*noted{}, access: elevations{}, began: map[string]bool{}}
	last := ""
	r.events.each(app, func(e *eventLine, where string) {
		if e.ID <= last {
			v.res.add(where, "Event %d is there twice or out of order.", e.Index)
		}
		last = e.ID
		if fault := v.event(e, g, r); fault != "" {
			v.res.add(where, "Event %d: %s.", e.Index, fault)
		}
	})
	for kind, c := range r.acts {
		if c.in(app) {
			v.res.add(c.where, "The audit log has no such event.")
			c.each(app, func(*actRecord, string) {})
		}
		_ = kind
	}
	requests := v.approvals(app, r.approvals, g)
	decided := v.decisions(app, r.decisions, g, requests)
	built := v.artifacts(app, r.artifacts, decided, requests)
	v.deployments(app, r.deployments, decided, built)
	v.grants(app, r.grants, g, decided)
}

// noted is what an event says about a decision or an approval.
type noted struct {
	leaf    verify.Leaf
	index   int64
	support bool
	used    bool // a record tells of it
}

// logged is what one app's events say about its other records.
type logged struct {
	decided, asked, answered map[string]*noted
	access                   elevations
	began                    map[string]bool // grants of people that were granted in the time
}

// event checks one event: that it was logged, that it opens to what was
// committed, and that the records made of it are the ones that follow from it.
// It returns what is wrong, "" for nothing.
func (v *check) event(e *eventLine, g *logged, r *reading) string {
	proof, err := audit.ParseProof(e.Proof)
	if err != nil {
		return "its proof cannot be read: " + err.Error()
	}
	if proof.Checkpoint != "" || len(proof.Extra) > 0 || proof.String() != e.Proof {
		return "its proof is not spelt as it was written"
	}
	if proof.Index != e.Index || e.Index < 0 || e.Index >= v.head.Size {
		return "its proof is for another event"
	}
	if tlog.CheckRecord(tlog.RecordProof(proof.Hashes), v.head.Size, v.head.Root, e.Index, tlog.RecordHash([]byte(e.Leaf))) != nil {
		return "the proof does not lead to the checkpoint: the leaf or the proof was changed"
	}
	leaf, err := verify.ParseLeaf(e.Leaf)
	if err != nil {
		return err.Error()
	}
	if leaf.App != e.App || leaf.ID != e.ID {
		return "it is about another app, or is another event"
	}
	opened, err := verify.ParseOpening(e.Opening)
	if err != nil {
		return err.Error()
	}
	if _, fault := leaf.Match(opened); fault != "" {
		return fault
	}
	if in := v.manifest.Scope.asked(v.time, &leaf); in == e.Support {
		return "it is counted as one of the time but is not, or the other way round"
	}
	v.note(e, leaf, g)
	return v.act(e, &leaf, r)
}

// note remembers what an event says, for the records that follow.
func (v *check) note(e *eventLine, leaf verify.Leaf, g *logged) {
	v.tally.events++
	n := &noted{leaf: leaf, index: e.Index, support: e.Support}
	g.access.take(&leaf, e.Opening, e.Index)
	switch leaf.Action {
	case "access.grant":
		g.began[leaf.Target.Clear] = !e.Support
	case "gate.decide":
		g.decided[fact(&leaf, "decision")] = n
	case "approval.ask":
		g.asked[leaf.Target.Clear] = n
	case "approval.answer":
		g.answered[answerKey(leaf.Target.Clear, leaf.ActorID)] = n
	case activateAction:
		if v.active[leaf.Target.Clear] == nil {
			v.active[leaf.Target.Clear] = map[int64]bool{}
		}
		v.active[leaf.Target.Clear][e.Index] = true
	}
	if !e.Support {
		v.tally.actions[leaf.Action]++
	}
	c := v.manifest.Coverage
	if c.First >= 0 && e.Index >= c.First && e.Index <= c.Last {
		v.tally.covered++
		v.tally.firstSeen = v.tally.firstSeen || e.Index == c.First && (c.First == 0 || leaf.At < v.time.from)
		v.tally.lastSeen = v.tally.lastSeen || e.Index == c.Last && (c.Last == v.head.Size-1 || leaf.At >= v.time.to)
	}
	if c.First >= 0 && !e.Support && (e.Index < c.First || e.Index > c.Last) {
		v.res.add(manifestFile, "Event %d is of the time, but outside of the stretch that is said to be covered.", e.Index)
	}
}

// act holds the record that is made of an event against it.
func (v *check) act(e *eventLine, leaf *verify.Leaf, r *reading) string {
	kind := actKind(leaf.Action)
	if kind == "" {
		return ""
	}
	c := r.acts[kind]
	if !c.in(leaf.App) {
		return "the record of it is missing in " + fileOf(kind)
	}
	got, where := c.take()
	want := actOf(leaf, e.Opening, e.Index)
	want.Support = e.Support
	if !reflect.DeepEqual(*got, want) {
		v.res.add(where, "The record does not say what event %d says.", e.Index)
	}
	v.tally.acts++
	return ""
}

// coverage checks that no event of the covered stretch is missing: there are as
// many different indexes as it is long.
func (v *check) coverage() {
	c := v.manifest.Coverage
	if c.First < 0 && c.Last < 0 {
		if v.manifest.Scope.App == "" && v.tally.events > 0 {
			v.res.Notes = append(v.res.Notes, "The pack makes no claim that no event is missing. Hold it against the log: paddock audit verify.")
		}
		return
	}
	switch {
	case c.First > c.Last || c.First < 0 || c.Last >= v.head.Size || int64(v.tally.covered) != c.Last-c.First+1:
		v.res.add(fileOf("events"), "From log index %d to %d there should be %d events, but there are %d: some were left out.", c.First, c.Last, c.Last-c.First+1, v.tally.covered)
	case !v.tally.firstSeen || !v.tally.lastSeen:
		v.res.add(fileOf("events"), "The covered stretch of the log does not reach both ends of the time.")
	default:
		v.res.Coverage = c
	}
}

// summary holds the counts against the manifest and tells what was proven.
func (v *check) summary() {
	if !maps.Equal(v.tally.actions, v.manifest.Actions) || !maps.Equal(v.tally.results, v.manifest.Results) {
		v.res.add(manifestFile, "The manifest counts other events or decisions than the pack has.")
	}
	t := v.tally
	v.res.proven(t.events, "events lead to the signed checkpoint")
	v.res.proven(t.acts, "records of acts say what their events say")
	v.res.proven(t.decisions, "decisions are the ones that were logged, with the input that was logged")
	v.res.proven(t.replayed, "decisions were replayed from the pack's own policies, with the same answer")
	v.res.proven(t.approvals, "approvals are the ones that were logged, bound to one digest")
	v.res.proven(t.answers, "answers were logged, none of them by who asked or who made the change")
	v.res.proven(t.before, "decisions rest on a yes that came before them")
	v.res.proven(t.artifacts, "artifacts are named by their documents")
	v.res.proven(t.provenances, "provenances are signed by keys/signing.pub and are about their artifact")
	v.res.proven(t.attested, "further attestations are signed by keys/signing.pub and are about their artifact")
	v.res.proven(t.deployments, "deployments rest on a decision that allows exactly them")
	v.res.proven(t.grants, "grants of people say what their events say, and rest on a decision that allows exactly them")
	v.res.proven(t.uses, "acts under them were done while they were in force, or follow from such an act")
	v.res.proven(t.revs, "governance revisions are the ones that the log names")
	if t.unreplayed > 0 {
		v.res.Notes = append(v.res.Notes, strconv.Itoa(t.unreplayed)+" decisions were not replayed, only checked by digest: the text of their policy is not in the pack, or this version of Paddock cannot run it.")
	}
	if t.foreign > 0 {
		v.res.Notes = append(v.res.Notes, strconv.Itoa(t.foreign)+" attestations are signed by somebody else than keys/signing.pub; they were checked by digest only.")
	}
}

// around checks what is not grouped by app.
func (v *check) around() {
	open(v, "apps", func(a *appRecord) string { return a.ID }, func(a *appRecord) bool { return a.Support }).rest(func(a *appRecord, where string) {
		if v.manifest.Scope.AppID != "" && (a.ID != v.manifest.Scope.AppID || a.Name != v.manifest.Scope.App) {
			v.res.add(where, "The record is about another app.")
		}
	})
	open(v, "reports", func(r *reportRecord) string { return r.App }, func(r *reportRecord) bool { return r.Support }).rest(func(*reportRecord, string) {})
	open(v, "incidents", func(r *incidentRecord) string { return r.App }, func(r *incidentRecord) bool { return r.Support }).rest(func(*incidentRecord, string) {})
	open(v, "costs", func(r *Cost) string { return r.App }, func(r *Cost) bool { return r.Support }).rest(func(*Cost, string) {})
	v.governance()
	people := map[string]bool{}
	open(v, "people", noGroup[personRecord], noSupport[personRecord]).rest(func(p *personRecord, _ string) { people[p.ID] = true })
	open(v, "certificates", noGroup[certificateRecord], noSupport[certificateRecord]).rest(func(c *certificateRecord, where string) {
		if !people[c.Person] {
			v.res.add(where, "The certificate is of somebody who is not among the people.")
		}
	})
	v.lists()
}

func noGroup[T any](*T) string { return "" }
func noSupport[T any](*T) bool { return false }

// governance checks that the revisions are those that the log names, and that
// vendors' records are in them.
func (v *check) governance() {
	files := map[string]bool{}
	open(v, "governance", noGroup[revisionRecord], noSupport[revisionRecord]).rest(func(r *revisionRecord, where string) {
		if !v.active[r.Commit][r.Event] {
			v.res.add(where, "The audit log does not say that revision %.80q took effect there.", r.Commit)
			return
		}
		v.tally.revs++
		for _, f := range r.Files {
			path, digest, _ := cutLast(f)
			files[r.Commit+" "+path+" "+digest] = true
			if name := "governance/" + hexOf(digest) + ".txt"; !v.digest(name, digest) {
				v.res.add(where, "%s of revision %.80q is not the file that the record names.", path, r.Commit)
			}
		}
	})
	open(v, "vendors", noGroup[vendorRecord], noSupport[vendorRecord]).rest(func(r *vendorRecord, where string) {
		v.tally.vendors++
		if r.File != "" && !files[r.Revision+" "+VendorFile(r.Name)+" "+r.File] {
			v.res.add(where, "The record of vendor %.80q is not a file of its revision.", r.Name)
		}
	})
}

// cutLast cuts at the last space.
func cutLast(s string) (before, after string, ok bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == ' ' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// digest reports whether a file has a digest.
func (v *check) digest(name, digest string) bool {
	data, err := v.a.Read(name, maxWhole)
	return err == nil && sha(data) == digest
}

// skew is how far the clocks of several replicas may be apart.
const skew = int64(5_000_000) // microseconds

func moments(earlier, later string) bool { return stamp(earlier) <= stamp(later)+skew }

// yes counts who said yes in each role.
func yes(all []answerRecord) map[core.Role]int {
	out := map[core.Role]int{}
	for _, a := range all {
		if a.Yes {
			out[core.Role(a.Role)]++
		}
	}
	return out
}

func unlogged(what, id string) string {
	return fmt.Sprintf("the audit log has no such %s %s", what, id)
}
