package web_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// fakeDesk answers from fixtures and writes down what it was asked to do.
type fakeDesk struct {
	me        view.Me
	templates []view.Template
	preview   view.Preview
	apps      []view.App
	changes   []view.Change
	approvals []view.Approval
	events    view.EventPage
	notices   []view.Notice
	course    core.Course
	state     view.Course
	tokens    []view.Token
	wish      view.NewToken // the last one
	sessions  []view.Session

	refuse map[string]error // by method name
	calls  []string         // methods that change something
	form   view.NewApp      // the last form seen
	query  view.EventQuery  // the last query seen

	page      view.AppPage // what surrounds the apps
	list      view.AppQuery
	holders   view.ComponentPage
	component view.ComponentQuery
}

func (d *fakeDesk) did(call string) error {
	d.calls = append(d.calls, call)
	return d.refuse[call]
}

func (d *fakeDesk) Me(context.Context, core.Person) (view.Me, error) { return d.me, d.refuse["Me"] }

func (d *fakeDesk) Templates(context.Context, core.Person) ([]view.Template, error) {
	return d.templates, d.refuse["Templates"]
}

func (d *fakeDesk) Preview(_ context.Context, _ core.Person, form view.NewApp) (view.Preview, error) {
	d.form = form
	return d.preview, d.refuse["Preview"]
}

func (d *fakeDesk) CreateApp(_ context.Context, _ core.Person, form view.NewApp) (view.App, error) {
	d.form = form
	a := view.App{}
	a.Name = form.Name
	return a, d.did("CreateApp")
}

func (d *fakeDesk) Apps(_ context.Context, _ core.Person, q view.AppQuery) (view.AppPage, error) {
	d.list = q
	p := d.page
	p.Total, p.Exact = len(d.apps), true
	for _, a := range d.apps {
		p.Items = append(p.Items, a.AppRow)
	}
	if q.Narrowed() {
		return p, d.refuse["Apps narrowed"]
	}
	return p, d.refuse["Apps"]
}

func (d *fakeDesk) Components(_ context.Context, _ core.Person, q view.ComponentQuery) (view.ComponentPage, error) {
	d.component = q
	return d.holders, d.refuse["Components"]
}

func (d *fakeDesk) App(_ context.Context, _ core.Person, name string) (view.App, error) {
	i := slices.IndexFunc(d.apps, func(a view.App) bool { return a.Name == name })
	if i < 0 {
		return view.App{}, core.Errorf(core.NotFound, "There is no app %q.", name).Hinted("Check the name in your list of apps.")
	}
	return d.apps[i], d.refuse["App"]
}

func (d *fakeDesk) Deploy(_ context.Context, _ core.Person, _, artifact, target string) error {
	if err := d.did("Deploy"); err != nil {
		return err
	}
	d.calls = append(d.calls, artifact, target)
	return nil
}

func (d *fakeDesk) ConfirmPipeline(_ context.Context, _ core.Person, _ string, id core.ID, events []string) (view.Pipeline, error) {
	d.calls = append(d.calls, string(id), strings.Join(events, ","))
	return view.Pipeline{}, d.did("ConfirmPipeline")
}

func (d *fakeDesk) RemovePipeline(_ context.Context, _ core.Person, _ string, id core.ID) error {
	d.calls = append(d.calls, string(id))
	return d.did("RemovePipeline")
}

func (d *fakeDesk) Give(_ context.Context, _ core.Person, _, email string) error {
	return d.did("Give " + email)
}

func (d *fakeDesk) Archive(context.Context, core.Person, string) error { return d.did("Archive") }
func (d *fakeDesk) Restore(context.Context, core.Person, string) error { return d.did("Restore") }
func (d *fakeDesk) Reactivate(context.Context, core.Person, string) error {
	return d.did("Reactivate")
}

func (d *fakeDesk) Document(context.Context, core.Person, string, string) (string, []byte, error) {
	return "application/json", []byte(`{"bomFormat":"CycloneDX"}`), d.refuse["Document"]
}

func (d *fakeDesk) EvidencePack(_ context.Context, _ core.Person, app, _, _ string) (view.Download, error) {
	return view.Download{Name: app + "-evidence.zip", MediaType: "application/zip", Size: 2, Body: io.NopCloser(strings.NewReader("PK"))}, d.refuse["EvidencePack"]
}

func (d *fakeDesk) GrantEvidence(_ context.Context, _ core.Person, id core.ID) (view.Download, error) {
	return view.Download{Name: string(id) + "-evidence.zip", MediaType: "application/zip", Size: 2, Body: io.NopCloser(strings.NewReader("PK"))}, d.refuse["GrantEvidence"]
}

func (d *fakeDesk) EvidenceOfPeriod(_ context.Context, _ core.Person, period string) (view.Download, error) {
	if period == "soon" {
		return view.Download{}, core.Errorf(core.Invalid, "The period %q is not a time.", period).Hinted("Write for example 2026-Q3.")
	}
	return view.Download{Name: period + "-evidence.zip", MediaType: "application/zip", Size: 2, Body: io.NopCloser(strings.NewReader("PK"))}, d.refuse["EvidenceOfPeriod"]
}

func (d *fakeDesk) Change(_ context.Context, _ core.Person, app string, number int) (view.Change, error) {
	i := slices.IndexFunc(d.changes, func(c view.Change) bool { return c.App == app && c.Number == number })
	if i < 0 {
		return view.Change{}, core.Errorf(core.NotFound, "The app %q has no change %d.", app, number).Hinted("Open the app to see its changes.")
	}
	return d.changes[i], nil
}

func (d *fakeDesk) Merge(_ context.Context, _ core.Person, _ string, _ int, head string) error {
	err := d.did("Merge")
	d.calls = append(d.calls, head)
	return err
}

func (d *fakeDesk) Approvals(context.Context, core.Person) ([]view.Approval, error) {
	return d.approvals, nil
}

func (d *fakeDesk) Answer(_ context.Context, _ core.Person, _ core.ID, yes bool, note, digest string) error {
	err := d.did("Answer")
	d.calls = append(d.calls, map[bool]string{true: "yes", false: "no"}[yes], note, digest)
	return err
}

func (d *fakeDesk) Events(_ context.Context, _ core.Person, q view.EventQuery) (view.EventPage, error) {
	d.query = q
	return d.events, d.refuse["Events"]
}

func (d *fakeDesk) ExportEvents(_ context.Context, _ core.Person, q view.EventQuery, format string) (view.LogExport, error) {
	d.query = q
	return view.LogExport{File: "events." + format, MediaType: "text/csv; charset=utf-8", Write: func(w io.Writer) error {
		if _, err := io.WriteString(w, "events as "+format); err != nil {
			return err
		}
		return d.refuse["Write"]
	}}, d.refuse["ExportEvents"]
}

func (d *fakeDesk) Prove(_ context.Context, _ core.Person, event core.ID, _ bool) (string, []byte, error) {
	return string(event) + ".tlog-proof", []byte("c2sp.org/tlog-proof@v1\n"), d.refuse["Prove"]
}

func (d *fakeDesk) Notices(context.Context, core.Person) ([]view.Notice, error) {
	return d.notices, nil
}

func (d *fakeDesk) MarkRead(context.Context, core.Person, core.ID) error { return d.did("MarkRead") }

func (d *fakeDesk) Course(_ context.Context, _ core.Person, name string) (core.Course, view.Course, error) {
	if name != d.course.Name {
		return core.Course{}, view.Course{}, core.Errorf(core.NotFound, "There is no course %q.", name)
	}
	return d.course, d.state, nil
}

func (d *fakeDesk) TakeCourse(_ context.Context, _ core.Person, _ string, answers []int) (int, view.Course, error) {
	right := 0
	for i, q := range d.course.Questions {
		if answers[i] == q.Answer {
			right++
		}
	}
	score := 100 * right / len(d.course.Questions)
	d.state.Passed = score >= d.course.PassMark
	return score, d.state, d.did("TakeCourse")
}

func (d *fakeDesk) Tokens(context.Context, core.Person) ([]view.Token, error) {
	return d.tokens, d.refuse["Tokens"]
}

func (d *fakeDesk) BreakGlass(_ context.Context, code, reason, _ string) (core.Secret, error) {
	d.calls = append(d.calls, code, reason)
	return core.NewSecret([]byte("session")), d.did("BreakGlass")
}

func (d *fakeDesk) SealedCodes(context.Context, core.Person) ([]view.SealedCode, error) {
	return []view.SealedCode{{ID: "c1", Holder: "pia@example.org", Sealed: ago(200 * day), By: "paddock break-glass seal", Used: ago(time.Minute), Until: now().Add(time.Hour), Open: true,
		Reason: "The provider is down.", Skipped: "sign-in with Entra", From: "192.0.2.0/24", CanReview: true}, {ID: "c2", Holder: "pat@example.org", Sealed: ago(90 * day), By: "paddock break-glass seal"}}, d.refuse["SealedCodes"]
}

func (d *fakeDesk) ReviewGlass(_ context.Context, _ core.Person, id core.ID, note string) error {
	d.calls = append(d.calls, string(id), note)
	return d.did("ReviewGlass")
}

func (d *fakeDesk) AllTokens(context.Context, core.Person) ([]view.Token, error) {
	all := slices.Clone(d.tokens)
	for i := range all {
		all[i].Owner = "anna@example.org"
	}
	return all, d.refuse["AllTokens"]
}

func (d *fakeDesk) NewToken(_ context.Context, _ core.Person, n view.NewToken) (string, view.Token, error) {
	d.wish = n
	life := time.Duration(n.Days) * 24 * time.Hour
	t := view.Token{ID: "k9", Name: n.Name, Scope: strings.Join(n.Scopes, ","), Apps: n.Apps, Created: now(), Expires: now().Add(life)}
	if err := d.did("NewToken"); err != nil {
		return "", view.Token{}, err
	}
	d.tokens = append([]view.Token{t}, d.tokens...)
	d.calls = append(d.calls, n.Name, t.Scope, life.String())
	return tokenValue, t, nil
}

func (d *fakeDesk) RevokeToken(_ context.Context, _ core.Person, id core.ID) error {
	err := d.did("RevokeToken")
	d.calls = append(d.calls, string(id))
	if err == nil {
		d.tokens = slices.DeleteFunc(d.tokens, func(t view.Token) bool { return t.ID == id })
	}
	return err
}

func (d *fakeDesk) SignIn(_ context.Context, token string) (core.Person, error) {
	if token != "good" {
		return core.Person{}, core.Errorf(core.Unauthorized, "This sign-in link was used or is too old.").Hinted("Ask for a new one.")
	}
	return core.Person{ID: "p1", Email: "anna@example.org"}, d.did("SignIn")
}

// fakeSessions keeps the session in a plain cookie.
type fakeSessions struct{}

func (fakeSessions) Start(w http.ResponseWriter, _ *http.Request, _ core.Person) error {
	http.SetCookie(w, &http.Cookie{Name: "session", Value: "anna", Path: "/"})
	return nil
}

func (fakeSessions) Keep(w http.ResponseWriter, _ *http.Request, v core.Secret) error {
	http.SetCookie(w, &http.Cookie{Name: "session", Value: string(v.Open()), Path: "/"})
	return nil
}

func (fakeSessions) End(w http.ResponseWriter, _ *http.Request) error {
	http.SetCookie(w, &http.Cookie{Name: "session", MaxAge: -1, Path: "/"})
	return nil
}

func (d *fakeDesk) Sessions(context.Context, core.Person, core.Secret) ([]view.Session, error) {
	return d.sessions, d.did("Sessions")
}

func (d *fakeDesk) EndSession(_ context.Context, _ core.Person, id core.ID) error {
	return d.did("EndSession " + string(id))
}

func (d *fakeDesk) EndSessions(context.Context, core.Person) error { return d.did("EndSessions") }
