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

func actor(a core.Actor) actorRecord {
	return actorRecord{string(a.Kind), string(a.ID), a.Name, a.Door}
}

func app(a core.App) appRecord {
	return appRecord{string(a.ID), a.Name, a.OwnerEmail, string(a.State), moment(a.Created), moment(a.LastActive), moment(a.Archived), a.Descriptor}
}

func decision(d core.Decision) decisionRecord {
	return decisionRecord{ID: string(d.ID), Gate: string(d.Gate), Subject: d.Subject, Result: string(d.Result), Actor: actor(d.Actor),
		Policy: d.PolicyRevision, Verdicts: d.Verdicts, Request: string(d.RequestID), At: moment(d.At), Digest: d.InputDigest, Input: string(d.Input)}
}

func request(r core.ApprovalRequest) approvalRecord {
	rec := approvalRecord{ID: string(r.ID), Gate: string(r.Gate), Subject: r.Subject, Digest: r.Digest, Needs: r.Needs, Requester: string(r.Requester),
		State: string(r.State), Created: moment(r.Created), Expires: moment(r.Expires), Excluded: []string{}, Answers: []answerRecord{}}
	for _, id := range r.Excluded {
		rec.Excluded = append(rec.Excluded, string(id))
	}
	for _, a := range r.Approvals {
		rec.Answers = append(rec.Answers, answerRecord{string(a.Role), string(a.Approver), a.Yes, a.Note, a.Digest, moment(a.At)})
	}
	return rec
}

func artifact(a core.Artifact) artifactRecord {
	return artifactRecord{a.Digest, a.Commit, a.SBOM, a.Provenance, a.Size, moment(a.Created)}
}

func deployment(d core.Deployment) deploymentRecord {
	return deploymentRecord{string(d.ID), d.Artifact, d.Target, d.Region, string(d.State), string(d.Decision), string(d.By), moment(d.Created), moment(d.Ended)}
}

func vendor(v core.Vendor) vendorRecord {
	return vendorRecord{v.Name, v.Title, v.Purpose, string(v.State), v.Hosts, v.Regions, v.DPASigned, v.DPAExpires, v.PrivacyState, v.PrivacyBy, v.PrivacyDate}
}

// lease tells how a lease ended: by now it is in force, ran out, or was revoked.
func lease(l core.Lease, now int64) leaseRecord {
	end := "in force"
	switch {
	case l.Revoked != 0 && l.Revoked < l.Expires:
		end = "revoked"
	case l.Expires <= now:
		end = "expired"
	}
	return leaseRecord{string(l.ID), l.Secret, moment(l.Created), moment(l.Expires), moment(l.Revoked), end, l.Why}
}

func incident(i core.Incident) incidentRecord {
	return incidentRecord{string(i.ID), i.Kind, actor(i.Actor), i.What, i.Place, moment(i.At)}
}

// each converts a list; it never gives nil, so that it is written as [].
func each[A, B any](list []A, convert func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, x := range list {
		out = append(out, convert(x))
	}
	return out
}
