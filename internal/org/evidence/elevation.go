package evidence

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// kindAccess is the kind of the grants that people get for a while (org/access).
const kindAccess = "access"

// accessRecord is what a grant of the kind access says beyond others: what was
// asked, why, who decided, and each act under it. Moments are those of the
// database's clock, as the events tell them.
type accessRecord struct {
	Role        string      `json:"role"`
	Environment string      `json:"environment,omitempty"`
	Reason      string      `json:"reason"`
	Ticket      string      `json:"ticket,omitempty"`
	Minutes     string      `json:"minutes"`
	Extends     string      `json:"extends,omitempty"`
	Digest      string      `json:"digest"` // what an approval binds to
	Asked       string      `json:"asked_at"`
	Lapses      string      `json:"lapses_at"`
	Starts      string      `json:"starts_at"`
	Decision    string      `json:"decision,omitempty"`
	Policy      string      `json:"policy_revision,omitempty"`
	Request     string      `json:"approval_request,omitempty"`
	EndedBy     string      `json:"ended_by,omitempty"`
	Cause       string      `json:"cause,omitempty"`
	Uses        []useRecord `json:"uses"` // acts and looks under it, of those events that the pack has
}

// useRecord is one event of what was done under a grant.
type useRecord struct {
	Event  int64  `json:"log_index"`
	Action string `json:"action"`
	At     string `json:"at"`
	Late   bool   `json:"late,omitempty"` // follows from an act that was let through in time
}

// elevation is a grant as its events tell it. The exporter and the verifier make
// the record in the same way, so it says nothing that was not logged. The order
// of events does not matter: servers' clocks differ, and so do ids.
type elevation struct {
	grantRecord
	asked, granted, ended, revoked bool
	of                             map[string]string // digests that events of it name, by action
}

// elevations are grants by id.
type elevations map[string]*elevation

// take adds what one event tells.
func (all elevations) take(leaf *verify.Leaf, opening string, index int64) {
	act := actOf(leaf, opening, index)
	if under := act.Data["grant"]; under != "" {
		e := all.of(under, leaf.App)
		e.Access.Uses = append(e.Access.Uses, useRecord{index, act.Action, act.Data["grant_at"], act.Data["grant_late"] != ""})
	}
	if strings.HasPrefix(act.Action, "access.") {
		all.of(act.Target, leaf.App).take(act)
	}
}

func (all elevations) of(id, app string) *elevation {
	if all[id] == nil {
		all[id] = &elevation{grantRecord: grantRecord{Kind: kindAccess, ID: id, App: app, Access: &accessRecord{Uses: []useRecord{}}}, of: map[string]string{}}
	}
	return all[id]
}

func (e *elevation) take(act actRecord) {
	x, d := e.Access, act.Data
	set := func(to *string, key string) {
		if d[key] != "" {
			*to = d[key]
		}
	}
	set(&e.To, "person")
	set(&x.Role, "role")
	set(&x.Environment, "environment")
	switch act.Action {
	case "access.draft":
		set(&x.Minutes, "minutes")
		set(&x.Ticket, "ticket")
		set(&x.Extends, "extends")
		e.Created = act.At
	case "access.request":
		e.asked, x.Asked, e.of[act.Action] = true, act.At, d["digest"]
		set(&x.Minutes, "minutes")
		set(&x.Reason, "reason")
		set(&x.Ticket, "ticket")
		set(&x.Lapses, "lapses")
		set(&x.Digest, "digest")
	case "access.grant":
		e.granted, e.of[act.Action] = true, d["digest"]
		set(&x.Starts, "starts")
		set(&e.Expires, "expires")
		set(&x.Digest, "digest")
		set(&x.Decision, "decision")
		set(&x.Policy, "policy")
		set(&x.Request, "request")
	case "access.deny", "access.withdraw", "access.revoke":
		e.ended, e.revoked = true, e.revoked || act.Action == "access.revoke"
		e.End = map[string]string{"access.deny": endDenied, "access.withdraw": endWithdrawn, "access.revoke": endRevoked}[act.Action]
		e.Ended, x.EndedBy = or(d["ended"], act.At), act.Actor.ID
		set(&x.Cause, "cause")
		set(&e.Why, "why")
		if act.Action != "access.revoke" {
			set(&x.Decision, "decision")
			set(&x.Request, "request")
		}
	}
}

// record is the grant as it stands at a moment.
func (e *elevation) record(now int64) grantRecord {
	r := e.grantRecord
	r.What = e.Access.Role
	if e.Access.Environment != "" {
		r.What += " in " + e.Access.Environment
	}
	switch {
	case e.ended:
	case e.granted && stamp(r.Expires) <= now:
		r.End, r.Ended, r.Why = endExpired, r.Expires, "its time was over"
	case e.granted && stamp(e.Access.Starts) > now:
		r.End = endScheduled
	case e.granted:
		r.End = endNone
	case e.asked && stamp(e.Access.Lapses) <= now:
		r.End, r.Ended, r.Why = endLapsed, e.Access.Lapses, "nobody answered in time"
	case e.asked:
		r.End = endPending
	default:
		r.End = endDraft
	}
	return r
}

// fault says what in the events of a grant does not hold together, "" for
// nothing: approvals are bound to what was asked, and nothing was done outside of
// its time but what had been let through in it.
func (e *elevation) fault() string {
	for _, digest := range e.of {
		if digest != e.Access.Digest {
			return "it was granted for something else than what was asked"
		}
	}
	for _, u := range e.Access.Uses {
		at := stamp(u.At)
		switch {
		case !e.granted || at == 0:
			return "something was done under it, but it was never granted"
		case at < stamp(e.Access.Starts):
			return "something was done under it before it began"
		case !u.Late && (at >= stamp(e.Expires) || e.revoked && at > stamp(e.Ended)):
			return "something was done under it after its end"
		}
	}
	return ""
}

// row is the grant as the page shows it.
func (e *elevation) row(r grantRecord, who func(core.ID) string) row {
	out := row{ID: r.ID, At: r.Created, What: r.Kind + ": " + r.What, Who: who(core.ID(r.To)), Outcome: r.End, Event: -1,
		Detail: []string{r.Access.Reason, lead("ticket ", r.Access.Ticket), lead("from ", day(r.Access.Starts)), lead("until ", day(or(r.Ended, r.Expires))), r.Why}}
	if n := len(r.Access.Uses); n > 0 {
		out.Detail = append(out.Detail, many(n)+" acts and looks under it")
	}
	return out
}

func lead(word, s string) string {
	if s == "" {
		return ""
	}
	return word + s
}
