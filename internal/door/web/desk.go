package web

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// Desk is all that the pages ask for. Every method takes the caller and
// answers only what this caller may see or do; refusals are *core.Error with
// texts fit to show. A core.Pending error means "accepted, waits for a human".
type Desk interface {
	Catalog
	Apps
	Life
	Evidence
	Changes
	Approvals
	Humans
	Log
	Inbox
	Training
	Tokens
	Signed
	SignIn
	AccessReviews
	Access
}

// Access gives rights for a while.
type Access interface {
	// Grants lists the caller's grants, or everybody's.
	Grants(ctx context.Context, who core.Person, everybody bool, before core.ID) (view.GrantPage, error)
	// Grant shows one. Errors: NotFound also for one that the caller may not see.
	Grant(ctx context.Context, who core.Person, id core.ID) (view.GrantDetail, error)
	// RequestGrant asks. Its Invalid errors name the form's field.
	RequestGrant(ctx context.Context, who core.Person, n view.NewGrant) (view.GrantDetail, error)
	ExtendGrant(ctx context.Context, who core.Person, id core.ID, x view.Extension) (view.GrantDetail, error)
	// EndGrant does one of submit, withdraw, drop and revoke.
	EndGrant(ctx context.Context, who core.Person, id core.ID, what, why string) (view.GrantDetail, error)
}

// AccessReviews shows who may do what, and takes decisions.
type AccessReviews interface {
	AccessReviews(ctx context.Context, who core.Person) ([]view.Review, error)
	// ReviewRights lists a part of a review. Errors: NotFound.
	ReviewRights(ctx context.Context, who core.Person, review string, q view.RightQuery) (view.RightPage, error)
	// DecideRight says that a right stays or goes. Errors: Forbidden for one's own
	// right or one that one gave, Conflict, Invalid, NotFound.
	DecideRight(ctx context.Context, who core.Person, id core.ID, decision, reason string) (view.Right, error)
}

// Catalog offers templates and makes apps of them.
type Catalog interface {
	Templates(ctx context.Context, who core.Person) ([]view.Template, error)
	// Preview says what the gate would answer now; it changes nothing.
	Preview(ctx context.Context, who core.Person, form view.NewApp) (view.Preview, error)
	// CreateApp starts provisioning. Its Invalid errors name the form's field
	// (template, name, owner, co_owners, classification, region, budget, or
	// parameters.NAME), several of them in Problems.
	CreateApp(ctx context.Context, who core.Person, form view.NewApp) (view.App, error)
}

// Apps shows apps and puts them into service.
type Apps interface {
	// Apps lists a page of the caller's apps. Its Invalid errors name the field of
	// the query.
	Apps(ctx context.Context, who core.Person, q view.AppQuery) (view.AppPage, error)
	// Components finds the apps that hold a component. Its Invalid errors name the
	// place in the query: "q:8".
	Components(ctx context.Context, who core.Person, q view.ComponentQuery) (view.ComponentPage, error)
	App(ctx context.Context, who core.Person, app string) (view.App, error)
	// Deploy runs the artifact with the given digest at the named target.
	Deploy(ctx context.Context, who core.Person, app, artifact, target string) error
	// ConfirmPipeline lets a pipeline act for an app; events are further ones that
	// may set off a run.
	ConfirmPipeline(ctx context.Context, who core.Person, app string, id core.ID, events []string) (view.Pipeline, error)
	RemovePipeline(ctx context.Context, who core.Person, app string, id core.ID) error
}

// Life moves an app through its life-cycle.
type Life interface {
	Archive(ctx context.Context, who core.Person, app string) error
	Restore(ctx context.Context, who core.Person, app string) error
	Reactivate(ctx context.Context, who core.Person, app string) error
	Give(ctx context.Context, who core.Person, app, email string) error
}

// Evidence hands out what was recorded.
type Evidence interface {
	// Document returns one SBOM or provenance document of the app by its digest.
	Document(ctx context.Context, who core.Person, app, digest string) (mediaType string, body []byte, err error)
	// EvidencePack returns the app's signed evidence pack; from and to are days,
	// both included, or empty. The caller closes it.
	EvidencePack(ctx context.Context, who core.Person, app, from, to string) (view.Download, error)
	// GrantEvidence returns the signed pack of one grant. The caller closes it.
	GrantEvidence(ctx context.Context, who core.Person, id core.ID) (view.Download, error)
	// EvidenceOfPeriod returns the pack of everything in a period, such as
	// 2026-Q3; its Invalid error is about the period. The caller closes it.
	EvidenceOfPeriod(ctx context.Context, who core.Person, period string) (view.Download, error)
}

// Changes shows a change with its checklist and merges it.
type Changes interface {
	Change(ctx context.Context, who core.Person, app string, number int) (view.Change, error)
	// Merge merges the change if its head is still the commit the caller saw.
	Merge(ctx context.Context, who core.Person, app string, number int, head string) error
}

// Approvals shows requests and takes answers.
type Approvals interface {
	// Approvals lists requests that wait, first those the caller may answer.
	Approvals(ctx context.Context, who core.Person) ([]view.Approval, error)
	// ExplainApproval shows one request, and why these people are asked.
	ExplainApproval(ctx context.Context, who core.Person, id core.ID) (view.ApprovalExplained, error)
	// Answer records a yes or no to exactly the digest the caller saw.
	Answer(ctx context.Context, who core.Person, request core.ID, yes bool, note, digest string) error
}

// Humans keeps who is away, and which accounts are one human's.
type Humans interface {
	Absences(ctx context.Context, who core.Person) (view.Absences, error)
	// SetAbsence keeps that the caller is away; its Invalid errors name a field.
	SetAbsence(ctx context.Context, who core.Person, in view.NewAbsence) (view.Absence, error)
	EndAbsence(ctx context.Context, who core.Person, id core.ID) error
	AccountLinks(ctx context.Context, who core.Person) ([]view.AccountLink, error)
	// LinkAccounts says of two accounts whether they are one human's.
	LinkAccounts(ctx context.Context, who core.Person, a, b string, same bool, reason string) error
}

// Log reads the audit log.
type Log interface {
	Events(ctx context.Context, who core.Person, q view.EventQuery) (view.EventPage, error)
	// ExportEvents hands out all events that match, as "csv" or "ocsf".
	ExportEvents(ctx context.Context, who core.Person, q view.EventQuery, format string) (view.LogExport, error)
	// Prove proves that an event is in the log; whole puts the event into the file.
	Prove(ctx context.Context, who core.Person, event core.ID, whole bool) (file string, proof []byte, err error)
}

// Inbox is the caller and the notices to the caller.
type Inbox interface {
	Me(ctx context.Context, who core.Person) (view.Me, error)
	Notices(ctx context.Context, who core.Person) ([]view.Notice, error)
	MarkRead(ctx context.Context, who core.Person, notice core.ID) error
}

// Training shows a course and takes its quiz.
type Training interface {
	// Course returns the course and how far the caller is in it. The right
	// answers never reach a page before the caller has answered.
	Course(ctx context.Context, who core.Person, course string) (core.Course, view.Course, error)
	// TakeCourse marks one answer (an index, -1 for none) per question and
	// returns the score in percent with the caller's new state.
	TakeCourse(ctx context.Context, who core.Person, course string, answers []int) (score int, state view.Course, err error)
}

// Tokens are the caller's own access tokens, for git and the API.
type Tokens interface {
	// BreakGlass uses a sealed code up, and returns the session that it opens.
	BreakGlass(ctx context.Context, code, reason, skipped string) (core.Secret, error)
	SealedCodes(ctx context.Context, who core.Person) ([]view.SealedCode, error)
	ReviewGlass(ctx context.Context, who core.Person, id core.ID, note string) error
	// Tokens lists those in force, newest first, without their values.
	Tokens(ctx context.Context, who core.Person) ([]view.Token, error)
	// AllTokens lists everybody's, for who may manage people.
	AllTokens(ctx context.Context, who core.Person) ([]view.Token, error)
	// NewToken makes one. Its value is returned this once. Invalid errors name the
	// field name, scope or apps, several in Problems; Conflict when the caller has
	// too many.
	NewToken(ctx context.Context, who core.Person, n view.NewToken) (value string, t view.Token, err error)
	// RevokeToken ends one at once. NotFound also for somebody else's, but for who
	// may manage people.
	RevokeToken(ctx context.Context, who core.Person, id core.ID) error
}

// Signed are the browsers that the caller is signed in with.
type Signed interface {
	// Sessions lists them, newest first; here is the caller's own.
	Sessions(ctx context.Context, who core.Person, here core.Secret) ([]view.Session, error)
	// EndSession ends one. NotFound also for somebody else's.
	EndSession(ctx context.Context, who core.Person, id core.ID) error
	// EndSessions ends all of them.
	EndSessions(ctx context.Context, who core.Person) error
}

// SignIn trades a one-time token for the person it was made for.
type SignIn interface {
	// SignIn uses the token up. Unauthorized when it is unknown, used or old.
	SignIn(ctx context.Context, token string) (core.Person, error)
}
