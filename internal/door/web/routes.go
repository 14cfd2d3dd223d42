package web

import "net/http"

// Anyone is the permission of pages that need no sign-in.
const Anyone = "anyone"

// readOnly is the audit action of routes that change nothing.
const readOnly = "none: read only"

// Route is one row of the pages' part of the routes table (promise 11).
type Route struct {
	Method      string
	Pattern     string // of http.ServeMux, without the method
	Permission  string // what the caller needs, or Anyone
	AuditAction string // the event the act writes, or "none: " and why
	Handler     http.Handler
}

// Routes lists every page and action. NotFound is for all that is not listed.
func (p *Pages) Routes() []Route {
	return []Route{
		{"GET", "/assets/{file}", Anyone, readOnly, p.assets},
		{"GET", "/sign-in", Anyone, readOnly, p.open(p.signIn)},
		{"POST", "/sign-in", Anyone, "session.start", p.open(p.startSession)},
		{"POST", "/sign-out", Anyone, "session.end", p.open(p.endSession)},

		{"GET", "/{$}", "app.read", readOnly, p.signed(p.apps)},
		{"GET", "/new", "app.create", readOnly, p.signed(p.chooseTemplate)},
		{"GET", "/new/{template}", "app.create", readOnly, p.signed(p.newForm)},
		{"POST", "/new/{template}/preview", "app.create", readOnly, p.signed(p.preview)},
		{"POST", "/new/{template}", "app.create", "app.create", p.signed(p.create)},

		{"GET", "/apps/{app}", "app.read", readOnly, p.signed(p.app)},
		{"GET", "/apps/{app}/progress", "app.read", readOnly, p.signed(p.progress)},
		{"GET", "/apps/{app}/documents/{digest}", "app.read", readOnly, p.signed(p.document)},
		{"GET", "/apps/{app}/evidence", "app.read", readOnly, p.signed(p.evidence)},
		{"POST", "/apps/{app}/deploy", "app.deploy", "app.deploy", p.signed(p.deploy)},
		{"GET", "/apps/{app}/archive", "app.archive", readOnly, p.signed(p.askArchive)},
		{"POST", "/apps/{app}/archive", "app.archive", "app.archive", p.signed(p.archive)},
		{"POST", "/apps/{app}/restore", "app.archive", "app.restore", p.signed(p.restore)},
		{"POST", "/apps/{app}/reactivate", "app.archive", "app.reactivate", p.signed(p.reactivate)},

		{"GET", "/apps/{app}/changes/{number}", "app.read", readOnly, p.signed(p.change)},
		{"GET", "/apps/{app}/changes/{number}/checklist", "app.read", readOnly, p.signed(p.checklist)},
		{"POST", "/apps/{app}/changes/{number}/merge", "change.merge", "change.merge", p.signed(p.merge)},

		{"GET", "/approvals", "approval.read", readOnly, p.signed(p.approvals)},
		{"POST", "/approvals/{id}", "approval.answer", "approval.answer", p.signed(p.answer)},
		{"GET", "/audit", "audit.read", readOnly, p.signed(p.audit)},
		{"GET", "/notices", "notice.read", readOnly, p.signed(p.notices)},
		{"POST", "/notices/{id}/read", "notice.read", "notice.read", p.signed(p.markRead)},
		{"GET", "/courses/{course}", "course.take", readOnly, p.signed(p.course)},
		{"POST", "/courses/{course}", "course.take", "course.take", p.signed(p.takeCourse)},
	}
}
