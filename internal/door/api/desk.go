package api

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// Desk is all that the API asks for: the use cases, as the doors see them.
type Desk interface {
	Apps
	Changes
	People
	Log
	Decisions
	Identities
	Access
	AccessReviews
	Lab
}

// Apps offers templates, makes apps and moves them through their life.
type Apps interface {
	Templates(ctx context.Context, who core.Person) ([]view.Template, error)
	Preview(ctx context.Context, who core.Person, form view.NewApp) (view.Preview, error)
	CreateApp(ctx context.Context, who core.Person, form view.NewApp) (view.App, error)
	Apps(ctx context.Context, who core.Person, q view.AppQuery) (view.AppPage, error)
	Components(ctx context.Context, who core.Person, q view.ComponentQuery) (view.ComponentPage, error)
	App(ctx context.Context, who core.Person, app string) (view.App, error)
	ImportArtifact(ctx context.Context, who core.Person, app string, in view.Bundle) (view.Artifact, error)
	Deploy(ctx context.Context, who core.Person, app, artifact, target string) error
	Archive(ctx context.Context, who core.Person, app string) error
	Restore(ctx context.Context, who core.Person, app string) error
	Reactivate(ctx context.Context, who core.Person, app string) error
	Give(ctx context.Context, who core.Person, app, email string) error
	Document(ctx context.Context, who core.Person, app, digest string) (mediaType string, body []byte, err error)
	GrantEvidence(ctx context.Context, who core.Person, id core.ID) (view.Download, error)
	EvidencePack(ctx context.Context, who core.Person, app, from, to string) (view.Download, error)
	OutsideDecisions(ctx context.Context, who core.Person, drift bool, before string, most int) (view.OutsidePage, error)
	GovernanceBundle(ctx context.Context, who core.Person, revision string) (name string, file []byte, err error)
	ImportGovernance(ctx context.Context, who core.Person, file []byte, look bool) (view.Carried, error)
	Governance(ctx context.Context, who core.Person) (view.Governance, error)
	GovernanceHistory(ctx context.Context, who core.Person) ([]view.Activation, error)
	GovernanceChange(ctx context.Context, who core.Person, number int) (view.GovernanceChange, error)
	PublishGovernance(ctx context.Context, who core.Person, number int) (view.Published, error)
	RollbackGovernance(ctx context.Context, who core.Person, to string) (view.Published, error)
	CheckFiles(ctx context.Context, who core.Person, app, format, mediaType string, body []byte) ([]byte, error)
	CheckRules(ctx context.Context, who core.Person, app string) (file []byte, digest string, err error)
	AddReport(ctx context.Context, who core.Person, app, commit string, body []byte) (view.OutsideReport, error)
	AskPipeline(ctx context.Context, app, token string) (view.AskedPipeline, error)
	ConfirmPipeline(ctx context.Context, who core.Person, app string, id core.ID, events []string) (view.Pipeline, error)
	RemovePipeline(ctx context.Context, who core.Person, app string, id core.ID) error
	AddOwnReport(ctx context.Context, who core.Person, app, commit string, body []byte) (view.OutsideReport, error)
	Reports(ctx context.Context, who core.Person, app, commit string) ([]view.OutsideReport, error)
	AddVEX(ctx context.Context, who core.Person, body []byte) (view.VEX, error)
	VEXDocuments(ctx context.Context, who core.Person) ([]view.VEX, error)
	EvidenceOfPeriod(ctx context.Context, who core.Person, period string) (view.Download, error)
}

// Changes shows, merges and approves.
type Changes interface {
	Change(ctx context.Context, who core.Person, app string, number int) (view.Change, error)
	Merge(ctx context.Context, who core.Person, app string, number int, head string) error
	Approvals(ctx context.Context, who core.Person) ([]view.Approval, error)
	Answer(ctx context.Context, who core.Person, request core.ID, yes bool, note, digest string) error
	ExplainApproval(ctx context.Context, who core.Person, id core.ID) (view.ApprovalExplained, error)
	Absences(ctx context.Context, who core.Person) (view.Absences, error)
	SetAbsence(ctx context.Context, who core.Person, in view.NewAbsence) (view.Absence, error)
	EndAbsence(ctx context.Context, who core.Person, id core.ID) error
	AccountLinks(ctx context.Context, who core.Person) ([]view.AccountLink, error)
	LinkAccounts(ctx context.Context, who core.Person, a, b string, same bool, reason string) error
	SetAddress(ctx context.Context, who core.Person, person, email string, add bool) error
}

// AccessReviews shows who may do what, and takes decisions.
type AccessReviews interface {
	AccessReviews(ctx context.Context, who core.Person) ([]view.Review, error)
	OpenReview(ctx context.Context, who core.Person) (view.Review, error)
	ReviewRights(ctx context.Context, who core.Person, review string, q view.RightQuery) (view.RightPage, error)
	DecideRight(ctx context.Context, who core.Person, id core.ID, decision, reason string) (view.Right, error)
}

// Identities shows and keeps what services know apps by.
type Identities interface {
	IssuerKeys(ctx context.Context, who core.Person) (view.Issuer, error)
	RotateIssuer(ctx context.Context, who core.Person, atOnce bool) (view.Issuer, error)
	AppIdentity(ctx context.Context, who core.Person, app string) (view.AppIdentity, error)
}

// People is the caller, colleagues, tokens, secrets and courses.
type People interface {
	Me(ctx context.Context, who core.Person) (view.Me, error)
	Notices(ctx context.Context, who core.Person) ([]view.Notice, error)
	MarkRead(ctx context.Context, who core.Person, notice core.ID) error
	People(ctx context.Context, who core.Person) ([]view.Person, error)
	Directories(ctx context.Context, who core.Person) ([]view.Directory, error)
	LiftDirectory(ctx context.Context, who core.Person, provider string) error
	AddPerson(ctx context.Context, who core.Person, p view.NewPerson) (view.Person, error)
	NewLink(ctx context.Context, who core.Person, email string) (link string, err error)
	NewToken(ctx context.Context, who core.Person, n view.NewToken) (value string, t view.Token, err error)
	AllTokens(ctx context.Context, who core.Person) ([]view.Token, error)
	Tokens(ctx context.Context, who core.Person) ([]view.Token, error)
	RevokeToken(ctx context.Context, who core.Person, id core.ID) error
	PutSecret(ctx context.Context, who core.Person, name string, value core.Secret) error
	SecretNames(ctx context.Context, who core.Person) ([]string, error)
	TakeCourse(ctx context.Context, who core.Person, course string, answers []int) (score int, state view.Course, err error)
}

// Log reads the audit log.
type Log interface {
	Events(ctx context.Context, who core.Person, q view.EventQuery) (view.EventPage, error)
	ExportEvents(ctx context.Context, who core.Person, q view.EventQuery, format string) (view.LogExport, error)
	LogHealth(ctx context.Context, who core.Person) (view.LogHealth, error)
	Prove(ctx context.Context, who core.Person, event core.ID, whole bool) (file string, proof []byte, err error)
	Consistency(ctx context.Context, old, size int64) ([]byte, error)
	LogFile(ctx context.Context, who core.Person, path string) (mediaType string, body []byte, err error)
}

// Lab moves the clock and breaks things on purpose. Every method is NotFound
// unless the server runs as a laboratory.
type Lab interface {
	MoveClock(ctx context.Context, who core.Person, by time.Duration) (now time.Time, err error)
	SetSource(ctx context.Context, who core.Person, name string, readable bool) error
}
