package evidence

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// moment writes a stored moment for people and programs; "" for never.
func moment(us int64) string {
	if us == 0 {
		return ""
	}
	return core.Moment(us).Format(time.RFC3339Nano)
}

// stamp reads a moment back; 0 for never and for what is none.
func stamp(text string) int64 {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0
	}
	return core.Stamp(t)
}

func actor(a core.Actor) actorRecord {
	return actorRecord{string(a.Kind), string(a.ID), a.Name, a.Door}
}

func app(a core.App) appRecord {
	return appRecord{ID: string(a.ID), Name: a.Name, Owner: a.OwnerEmail, OwnerID: string(a.OwnerID), BuddyID: string(a.BuddyID), State: string(a.State),
		Created: moment(a.Created), LastActive: moment(a.LastActive), IdleSince: moment(a.IdleSince), Archived: moment(a.Archived), Description: a.Descriptor}
}

func decision(d core.Decision) decisionRecord {
	return decisionRecord{ID: string(d.ID), App: string(d.AppID), Gate: string(d.Gate), Subject: d.Subject, Result: string(d.Result), Actor: actor(d.Actor),
		Policy: d.PolicyRevision, Verdicts: d.Verdicts, Request: string(d.RequestID), At: moment(d.At), Digest: d.InputDigest, Input: string(d.Input), Event: -1,
		Fired: d.Fired, Took: d.Took}
}

func request(r core.ApprovalRequest) approvalRecord {
	rec := approvalRecord{ID: string(r.ID), App: string(r.AppID), Gate: string(r.Gate), Subject: r.Subject, Digest: r.Digest, Needs: r.Needs, Requester: string(r.Requester),
		State: string(r.State), Created: moment(r.Created), Expires: moment(r.Expires), Excluded: []string{}, Answers: []answerRecord{}, Event: -1}
	for _, id := range r.Excluded {
		rec.Excluded = append(rec.Excluded, string(id))
	}
	for _, a := range r.Approvals {
		rec.Answers = append(rec.Answers, answerRecord{string(a.Role), string(a.Approver), a.Yes, a.Note, a.Digest, moment(a.At), -1, string(a.For), string(a.Basis)})
	}
	return rec
}

func artifact(a core.Artifact) artifactRecord {
	return artifactRecord{Digest: a.Digest, App: string(a.AppID), Commit: a.Commit, SBOM: a.SBOM, Provenance: a.Provenance, Size: a.Size, Created: moment(a.Created)}
}

func deployment(d core.Deployment) deploymentRecord {
	return deploymentRecord{ID: string(d.ID), App: string(d.AppID), Artifact: d.Artifact, Target: d.Target, Region: d.Region, State: string(d.State),
		Decision: string(d.Decision), By: string(d.By), Created: moment(d.Created), Ended: moment(d.Ended)}
}

func incident(i core.Incident) incidentRecord {
	return incidentRecord{ID: string(i.ID), App: string(i.AppID), Kind: i.Kind, Actor: actor(i.Actor), What: i.What, Place: i.Place, At: moment(i.At)}
}

// The ways in which a grant ends, and where one stands that has not.
const (
	endNone      = "in force"
	endExpired   = "expired"
	endRevoked   = "revoked"
	endVoided    = "voided"
	endDraft     = "draft"
	endPending   = "pending"
	endScheduled = "scheduled"
	endDenied    = "denied"
	endWithdrawn = "withdrawn"
	endLapsed    = "lapsed"
)

// grantEnds says of each whether it is over.
var grantEnds = map[string]bool{endNone: false, endDraft: false, endPending: false, endScheduled: false,
	endExpired: true, endRevoked: true, endVoided: true, endDenied: true, endWithdrawn: true, endLapsed: true}

// grant tells how a grant ended by now, and why.
func grant(app core.ID, g Grant, now int64) grantRecord {
	r := grantRecord{Kind: g.Kind, ID: string(g.ID), App: string(app), To: g.To, What: g.What, Created: moment(g.Created), Expires: moment(g.Expires), End: endNone}
	switch {
	case g.Revoked != 0 && (g.Expires == 0 || g.Revoked < g.Expires):
		r.End, r.Ended, r.Why = endRevoked, moment(g.Revoked), g.Why
	case g.Expires != 0 && g.Expires <= now:
		r.End, r.Ended, r.Why = endExpired, moment(g.Expires), "its time was over"
	}
	return r
}

// granted is an approval as a grant: it holds until it runs out or a later push
// voids it; voided is the moment of the event that says so.
func granted(q core.ApprovalRequest, voided, now int64) grantRecord {
	r := grantRecord{Kind: "approval", ID: string(q.ID), App: string(q.AppID), To: string(q.Requester), What: string(q.Gate) + " " + q.Digest,
		Expires: moment(q.Expires), End: endNone}
	for _, a := range q.Approvals { // in force since the last yes
		if at := moment(a.At); stamp(at) > stamp(r.Created) {
			r.Created = at
		}
	}
	switch {
	case q.State == core.ApprovalVoided:
		r.End, r.Ended, r.Why = endVoided, moment(voided), "a push changed what was approved"
	case q.Expires != 0 && q.Expires <= now:
		r.End, r.Ended, r.Why = endExpired, moment(q.Expires), "its time was over"
	}
	return r
}

func vendor(v core.Vendor) vendorRecord {
	return vendorRecord{Name: v.Name, Title: v.Title, Purpose: v.Purpose, State: string(v.State), Hosts: v.Hosts, Regions: v.Regions, DPASigned: v.DPASigned,
		DPAExpires: v.DPAExpires, PrivacyState: v.PrivacyState, PrivacyBy: v.PrivacyBy, PrivacyDate: v.PrivacyDate}
}

func person(p core.Person) personRecord {
	r := personRecord{ID: string(p.ID), Email: p.Email, Name: p.Name, Roles: []string{}, Disabled: p.Disabled, Created: moment(p.Created)}
	for _, role := range p.Roles {
		r.Roles = append(r.Roles, string(role))
	}
	return r
}
