package web_test

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// richApproval is a request with everything on it.
func richApproval() view.ApprovalExplained {
	a := approvals()[0]
	a.Overdue, a.WhyYou = true, "You are asked because you are the delegate of dora@example.org, who is away, and hold the role platform."
	a.Needs = []view.NeedState{
		{Role: core.RolePrivacy, Reason: "The app holds health data.", Quorum: 2, Have: 1, Certification: "data-basics", StepUp: true, Due: ago(2 * time.Hour), Overdue: true, EscalateTo: "security",
			Answers: []view.AnswerState{{By: "petra@example.org", Yes: true, Note: "The form asks for no more than it needs.", At: ago(time.Hour), Counts: true},
				{By: "paul@example.org", Yes: true, At: ago(50 * time.Minute), Counts: false}}},
		{Role: core.RoleOwner, Reason: "The owner should know.", Quorum: 1, Have: 1, Answers: []view.AnswerState{{By: "olga@example.org", Yes: true, At: ago(2 * time.Hour), For: "otto@example.org", Counts: true}}},
	}
	return view.ApprovalExplained{Approval: a, Why: []view.NeedExplained{
		{Role: core.RolePrivacy, Rules: []string{"paddock.yaml:48:9", "data.paddock.lib.approvals.approve policies/approvals.rego:6:1"},
			May:  []view.PersonWhy{{Person: "pat@example.org", Why: "holds the role privacy (through the group privacy-office of okta), with the course data-basics"}},
			Lack: []view.PersonWhy{{Person: "peer@example.org", Why: "lacks the certificate of the course data-basics"}}},
		{Role: core.RoleOwner, Rules: []string{}, May: []view.PersonWhy{}, Lack: []view.PersonWhy{}}},
		Kept: []view.PersonWhy{{Person: "carla@example.org", Why: "asked for this"}, {Person: "carla+admin@example.org", Why: "counts as the same human as carla@example.org (Both have the address carla@example.org)"}}}
}

func (d *fakeDesk) ExplainApproval(_ context.Context, _ core.Person, id core.ID) (view.ApprovalExplained, error) {
	if id != "r1" && id != "1" {
		return view.ApprovalExplained{}, core.Errorf(core.NotFound, "There is no request for approval with the id %q.", id)
	}
	return richApproval(), nil
}

func (d *fakeDesk) Absences(context.Context, core.Person) (view.Absences, error) {
	return view.Absences{
		Own:        []view.Absence{{ID: "a1", Person: "anna@example.org", Delegate: "dora@example.org", From: ago(day), Until: ago(-3 * day), Reason: "Holiday", Now: true}, {ID: "a2", Person: "anna@example.org", From: ago(-30 * day), Until: ago(-31 * day), Reason: "Conference"}},
		AnswersFor: []view.Absence{{ID: "a3", Person: "sam@example.org", Delegate: "anna@example.org", From: ago(day), Until: ago(-day), Now: true}}}, nil
}

func (d *fakeDesk) SetAbsence(_ context.Context, _ core.Person, in view.NewAbsence) (view.Absence, error) {
	err := d.did("SetAbsence")
	d.calls = append(d.calls, in.From, in.Until, in.Delegate, in.Reason)
	return view.Absence{}, err
}

func (d *fakeDesk) EndAbsence(_ context.Context, _ core.Person, id core.ID) error {
	err := d.did("EndAbsence")
	d.calls = append(d.calls, string(id))
	return err
}

func (d *fakeDesk) AccountLinks(context.Context, core.Person) ([]view.AccountLink, error) {
	return []view.AccountLink{{A: "carla@example.org", B: "carla+admin@example.org", State: core.SameProposed, Reason: "Both have the address carla@example.org."},
		{A: "sam@example.org", B: "s.admin@example.org", State: core.SameLinked, Reason: "Sam told us.", By: "anna@example.org", At: ago(day)},
		{A: "info@example.org", B: "info+events@example.org", State: core.SameNot, Reason: "Two teams.", By: "anna@example.org", At: ago(day)}}, nil
}

func (d *fakeDesk) LinkAccounts(_ context.Context, _ core.Person, a, b string, same bool, reason string) error {
	err := d.did("LinkAccounts")
	d.calls = append(d.calls, a, b, map[bool]string{true: "same", false: "different"}[same], reason)
	return err
}
