package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/door/edge"
)

// readOnly is the audit action of routes that change nothing.
const readOnly = "none: read only"

// Routes lists every page and action, for the routes table (promise 11).
// NotFound answers what is not listed.
func (p *Pages) Routes() []edge.Route {
	row := func(method, pattern, permission, audit, example string, h http.Handler) edge.Route {
		return edge.Route{Door: edge.Web, Method: method, Pattern: pattern, Permission: permission,
			Audit: audit, Example: example, Limit: maxForm, Handler: h}
	}
	get := func(pattern, permission, example string, h http.Handler) edge.Route {
		return row(http.MethodGet, pattern, permission, readOnly, example, h)
	}
	post := func(pattern, permission, audit, example string, h http.Handler) edge.Route {
		return row(http.MethodPost, pattern, permission, audit, example, h)
	}
	pack := func(pattern, permission, example string, h http.Handler) edge.Route {
		r := row(http.MethodGet, pattern, permission, "evidence.export", example, h)
		r.Streams = true // large packs take their time
		return r
	}
	return []edge.Route{
		get("/assets/{file}", edge.Anyone, p.assets.Path("paddock.css"), p.assets),
		get("/sign-in", edge.Anyone, "/sign-in", p.open(p.signIn)),
		signsIn(post("/sign-in", edge.Anyone, "session.start", "/sign-in", p.open(p.startSession))),
		post("/sign-out", edge.Anyone, "session.end", "/sign-out", p.open(p.endSession)),

		get("/{$}", "app.read", "/", p.signed(p.apps)),
		get("/components", "app.read", "/components", p.signed(p.components)),
		get("/new", "app.create", "/new", p.signed(p.chooseTemplate)),
		get("/new/{template}", "app.create", "/new/internal-dashboard", p.signed(p.newForm)),
		post("/new/{template}/preview", "app.create", readOnly, "/new/internal-dashboard/preview", p.signed(p.preview)),
		post("/new/{template}", "app.create", "app.create", "/new/internal-dashboard", p.signed(p.create)),

		get("/apps/{app}", "app.read", "/apps/tracker", p.signed(p.app)),
		get("/apps/{app}/progress", "app.read", "/apps/tracker/progress", p.signed(p.progress)),
		get("/apps/{app}/documents/{digest}", "app.read", "/apps/tracker/documents/sha256:00", p.signed(p.document)),
		pack("/apps/{app}/evidence", "app.read", "/apps/tracker/evidence", p.signed(p.evidence)),
		post("/apps/{app}/deploy", "app.deploy", "app.deploy", "/apps/tracker/deploy", p.signed(p.deploy)),
		get("/apps/{app}/archive", "app.archive", "/apps/tracker/archive", p.signed(p.askArchive)),
		post("/apps/{app}/archive", "app.archive", "app.archive", "/apps/tracker/archive", p.signed(p.archive)),
		post("/apps/{app}/owner", "people.manage", "app.give", "/apps/tracker/owner", p.signed(p.give)),
		post("/apps/{app}/restore", "app.archive", "app.restore", "/apps/tracker/restore", p.signed(p.restore)),
		post("/apps/{app}/reactivate", "app.keep", "app.reactivate", "/apps/tracker/reactivate", p.signed(p.reactivate)),

		post("/apps/{app}/pipelines/{id}/confirm", "pipeline.manage", "pipeline.confirm", "/apps/tracker/pipelines/1/confirm", p.signed(p.confirmPipeline)),
		post("/apps/{app}/pipelines/{id}/remove", "pipeline.manage", "pipeline.remove", "/apps/tracker/pipelines/1/remove", p.signed(p.removePipeline)),

		get("/apps/{app}/changes/{number}", "app.read", "/apps/tracker/changes/1", p.signed(p.change)),
		get("/apps/{app}/changes/{number}/checklist", "app.read", "/apps/tracker/changes/1/checklist", p.signed(p.checklist)),
		post("/apps/{app}/changes/{number}/merge", "change.merge", "change.merge", "/apps/tracker/changes/1/merge", p.signed(p.merge)),

		get("/approvals", "approval.read", "/approvals", p.signed(p.approvals)),
		get("/approvals/{id}", "approval.read", "/approvals/1", p.signed(p.approval)),
		get("/absence", "absence.keep", "/absence", p.signed(p.absence)),
		post("/absence", "absence.keep", "absence.set", "/absence", p.signed(p.setAbsence)),
		post("/absence/{id}/end", "absence.keep", "absence.end", "/absence/1/end", p.signed(p.endAbsence)),
		get("/account-links", "people.link", "/account-links", p.signed(p.links)),
		post("/account-links", "people.link", "person.link", "/account-links", p.signed(p.link)),
		post("/approvals/{id}", "approval.answer", "approval.answer", "/approvals/1", p.signed(p.answer)),
		row(http.MethodGet, "/audit", "audit.read", "audit.read", "/audit", p.signed(p.audit)),
		streamed(row(http.MethodGet, "/audit/export", "audit.read", "audit.export", "/audit/export?format=csv", p.signed(p.exportEvents))),
		get("/audit/proof/{id}", "audit.read", "/audit/proof/0192f0c1-7b3a-7d54-8f00-0123456789ab", p.signed(p.proof)),
		pack("/evidence", "evidence.export", "/evidence", p.signed(p.takeEvidence)),
		get("/notices", "notice.read", "/notices", p.signed(p.notices)),
		post("/notices/{id}/read", "notice.read", "notice.read", "/notices/1/read", p.signed(p.markRead)),
		get("/sessions", "token.manage", "/sessions", p.signed(p.signedIn)),
		post("/sessions/end", "token.manage", "session.end", "/sessions/end", p.signed(p.endEverywhere)),
		post("/sessions/{id}/end", "token.manage", "session.end", "/sessions/1/end", p.signed(p.endOther)),
		get("/sign-in/break-glass", edge.Anyone, "/sign-in/break-glass", p.open(p.breakGlass)),
		signsIn(post("/sign-in/break-glass", edge.Anyone, "emergency.open", "/sign-in/break-glass", p.open(p.openGlass))),
		get("/break-glass", "review.read", "/break-glass", p.signed(p.sealedCodes)),
		post("/break-glass/{id}", "review.decide", "emergency.review", "/break-glass/1", p.signed(p.reviewGlass)),
		get("/tokens", "token.manage", "/tokens", p.signed(p.tokens)),
		get("/people/tokens", "people.manage", "/people/tokens", p.signed(p.allTokens)),
		post("/tokens", "token.manage", "token.create", "/tokens", p.signed(p.makeToken)),
		post("/tokens/{id}/revoke", "token.manage", "token.revoke", "/tokens/1/revoke", p.signed(p.revokeToken)),
		get("/access", "access.ask", "/access", p.signed(p.access)),
		post("/access", "access.ask", "access.request", "/access", p.signed(p.askAccess)),
		get("/access/{id}", "access.ask", "/access/1", p.signed(p.grant)),
		pack("/evidence/access/{id}", "access.ask", "/evidence/access/1", p.signed(p.grantEvidence)),
		post("/access/{id}/{what}", "access.ask", "access.request, access.withdraw, access.drop, access.revoke", "/access/1/drop", p.signed(p.endGrant)),
		get("/reviews", "review.read", "/reviews", p.signed(p.reviews)),
		post("/reviews/rights/{id}", "review.decide", "review.decide", "/reviews/rights/1", p.signed(p.decideRight)),
		get("/courses/{course}", "course.take", "/courses/safe-apps", p.signed(p.course)),
		post("/courses/{course}", "course.take", "course.take", "/courses/safe-apps", p.signed(p.takeCourse)),
	}
}

// signsIn marks a route that people sign in by.
func signsIn(r edge.Route) edge.Route {
	r.SignsIn = true
	return r
}

// streamed marks a route whose answer may take long.
func streamed(r edge.Route) edge.Route {
	r.Streams = true
	return r
}
