package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// accessFields lists the fields of the form for access, in their order.
func accessFields() []string { return []string{"app", "role", "for", "reason", "ticket"} }

// startAccess is the form before anything was typed; an app's page may name the app.
func startAccess(q url.Values) form {
	f := typed(accessFields(), q)
	if f.values["role"] == "" {
		f.values["role"] = string(core.GrantDeployer)
	}
	if f.values["for"] == "" {
		f.values["for"] = "2h"
	}
	return f
}

// access lists grants, the caller's own or everybody's, and offers to ask for one.
func (p *Pages) access(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showAccess(w, r, who, startAccess(r.URL.Query()), nil)
}

func (p *Pages) showAccess(w http.ResponseWriter, r *http.Request, who core.Person, sent form, problem *core.Error) error {
	q := r.URL.Query()
	everybody := q.Get("show") == "all"
	page, err := p.desk.Grants(r.Context(), who, everybody, core.ID(q.Get("after")))
	if err != nil {
		return err
	}
	title, status := "Access", http.StatusOK
	if len(sent.order) > 0 {
		title = "Error: " + title
	}
	if problem != nil {
		p.record(r, problem)
		status = statusOf(problem)
	}
	f := p.frame(r, title, "/access")
	return p.show(w, r, status, accessPage(f, page, everybody, sent))
}

// askAccess asks for access. What is refused keeps what was typed.
func (p *Pages) askAccess(w http.ResponseWriter, r *http.Request, who core.Person) error {
	sent := typed(accessFields(), r.PostForm)
	v := sent.values
	g, err := p.desk.RequestGrant(r.Context(), who, view.NewGrant{App: v["app"], Role: core.GrantRole(v["role"]), For: v["for"], Reason: v["reason"], Ticket: v["ticket"]})
	if problem := refusal(err); problem != nil {
		return p.showAccess(w, r, who, sent.refused(problem), problem)
	}
	return done(w, r, accessPath(g.ID), saidOf(err, didAskAccess))
}

// grant shows one grant: what it gives, until when, who said yes, and what was
// done under it.
func (p *Pages) grant(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showGrant(w, r, who, form{}, nil)
}

// grantEvidence hands out the evidence pack of one grant.
func (p *Pages) grantEvidence(w http.ResponseWriter, r *http.Request, who core.Person) error {
	d, err := p.desk.GrantEvidence(r.Context(), who, core.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	sendDownload(w, d)
	return nil
}

func (p *Pages) showGrant(w http.ResponseWriter, r *http.Request, who core.Person, sent form, problem *core.Error) error {
	g, err := p.desk.Grant(r.Context(), who, core.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	status := http.StatusOK
	if problem != nil {
		p.record(r, problem)
		status = statusOf(problem)
	}
	return p.show(w, r, status, grantPage(p.frame(r, "Access to "+g.App, "/access").with(problem), g, sent))
}

// endGrant submits, withdraws, drops or revokes a grant.
func (p *Pages) endGrant(w http.ResponseWriter, r *http.Request, who core.Person) error {
	what := r.PathValue("what")
	id := core.ID(r.PathValue("id"))
	var err error
	said := didEndAccess
	if what == "extend" {
		var g view.GrantDetail
		g, err = p.desk.ExtendGrant(r.Context(), who, id, view.Extension{For: r.PostForm.Get("for"), Reason: r.PostForm.Get("reason")})
		if refusal(err) == nil {
			id, said = g.ID, saidOf(err, didAskAccess)
		}
	} else {
		_, err = p.desk.EndGrant(r.Context(), who, id, what, r.PostForm.Get("why"))
		if what == "submit" {
			said = saidOf(err, didAskAccess)
		}
	}
	if problem := refusal(err); problem != nil {
		return p.showGrant(w, r, who, typed([]string{"why", "for", "reason"}, r.PostForm), problem)
	}
	return done(w, r, accessPath(id), said)
}

func accessPath(id core.ID) string { return "/access/" + url.PathEscape(string(id)) }

// grantBadge says where a grant stands.
func grantBadge(s core.GrantState) badge {
	switch s {
	case core.GrantActive:
		return badge{"In force", "check", "ok"}
	case core.GrantScheduled:
		return badge{"Begins later", "clock", "wait"}
	case core.GrantPending:
		return badge{"Waits for a yes", "clock", "wait"}
	case core.GrantDraft:
		return badge{"Draft", "dot", "off"}
	case core.GrantRevoked, core.GrantDenied:
		return badge{map[core.GrantState]string{core.GrantRevoked: "Ended early", core.GrantDenied: "Refused"}[s], "stop", "bad"}
	}
	return badge{map[core.GrantState]string{core.GrantExpired: "Over", core.GrantWithdrawn: "Withdrawn", core.GrantLapsed: "Nobody answered"}[s], "dot", "off"}
}

// grantRoles lists what can be asked for, in words.
func grantRoles() []pair {
	return []pair{{"viewer", "See the app and its log"}, {"editor", "Change the code"}, {"deployer", "Deploy"}, {"operator", "Deploy, archive and restore"},
		{"owner", "Whatever an owner may"}, {"data-reader", "Read its database"}, {"data-writer", "Change its database"}}
}

// roleWords is what a grant gives, in words.
func roleWords(r core.GrantRole) string {
	all := grantRoles()
	if i := slices.IndexFunc(all, func(p pair) bool { return p.name == string(r) }); i >= 0 {
		return all[i].value
	}
	return string(r)
}

func olderGrants(everybody bool, after string) string {
	v := url.Values{"after": {after}}
	if everybody {
		v.Set("show", "all")
	}
	return "/access?" + v.Encode()
}

func grantEvidencePath(id core.ID) string { return "/evidence/access/" + url.PathEscape(string(id)) }
