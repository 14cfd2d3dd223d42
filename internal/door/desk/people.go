package desk

import (
	"context"
	"net/url"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Training shows courses and takes quizzes.
type Training interface {
	Course(name string) (core.Course, error)
	Take(ctx context.Context, who core.Person, actor core.Actor, course string, answers []int) (score int, passed bool, err error)
}

// Me shows the caller.
func (d *Desk) Me(ctx context.Context, who core.Person) (view.Me, error) {
	unread, err := d.Store.Unread(ctx, who.ID)
	if err != nil {
		return view.Me{}, err
	}
	v := view.Me{ID: who.ID, Email: who.Email, Name: who.Name, Roles: who.Roles, Unread: unread, Courses: []view.Course{}}
	if v.Emergencies, err = d.emergencies(ctx, who); err != nil {
		return v, err
	}
	for _, c := range d.Catalog.Current().CourseList() {
		s, err := d.courseState(ctx, who, c)
		if err != nil {
			return v, err
		}
		v.Courses = append(v.Courses, s)
	}
	return v, nil
}

func (d *Desk) courseState(ctx context.Context, who core.Person, c core.Course) (view.Course, error) {
	passed, err := d.Store.Certificates(ctx, who.ID)
	if err != nil {
		return view.Course{}, err
	}
	until, ok := passed[c.Name]
	return view.Course{Name: c.Name, Title: c.Title, Passed: ok && (until == 0 || until > core.Stamp(d.Clock.Now())), Until: moment(until)}, nil
}

// Course shows a course. The answers stay with the pages until the caller has given theirs.
func (d *Desk) Course(ctx context.Context, who core.Person, name string) (core.Course, view.Course, error) {
	c, err := d.Training.Course(name)
	if err != nil {
		return c, view.Course{}, err
	}
	s, err := d.courseState(ctx, who, c)
	return c, s, err
}

// TakeCourse marks the caller's answers.
func (d *Desk) TakeCourse(ctx context.Context, who core.Person, name string, answers []int) (int, view.Course, error) {
	score, _, err := d.Training.Take(ctx, who, actor(ctx, who), name, answers)
	if err != nil {
		return 0, view.Course{}, err
	}
	_, state, err := d.Course(ctx, who, name)
	return score, state, err
}

// Notices lists messages to the caller, newest first.
func (d *Desk) Notices(ctx context.Context, who core.Person) ([]view.Notice, error) {
	list, err := d.Store.Notices(ctx, who.ID)
	out := []view.Notice{}
	for _, n := range list {
		out = append(out, view.Notice{ID: n.ID, Title: n.Title, Body: n.Body, Link: n.Link, At: moment(n.At), Read: n.Read != 0})
	}
	return out, err
}

// MarkRead marks one of the caller's messages as read.
func (d *Desk) MarkRead(ctx context.Context, who core.Person, notice core.ID) error {
	return d.Store.Quietly(ctx, func(ctx context.Context) error {
		return d.Store.ReadNotice(ctx, who.ID, notice, core.Stamp(d.Clock.Now()))
	})
}

// People lists everybody.
func (d *Desk) People(ctx context.Context, who core.Person) ([]view.Person, error) {
	if err := authz.Can(who, authz.PeopleManage, nil); err != nil {
		return nil, err
	}
	people, err := d.Store.People(ctx)
	out := []view.Person{}
	for _, p := range people {
		out = append(out, personView(p))
	}
	return out, err
}

func personView(p core.Person) view.Person {
	return view.Person{ID: p.ID, Email: p.Email, Name: p.Name, Roles: p.Roles, Disabled: p.Disabled}
}

// AddPerson adds somebody who can sign in.
func (d *Desk) AddPerson(ctx context.Context, who core.Person, n view.NewPerson) (view.Person, error) {
	if err := authz.Can(who, authz.PeopleManage, nil); err != nil {
		return view.Person{}, err
	}
	p, err := d.Identity.AddPerson(ctx, actor(ctx, who), n.Email, n.Name, n.Roles)
	return personView(p), err
}

// NewLink makes a one-time sign-in link for a person.
func (d *Desk) NewLink(ctx context.Context, who core.Person, email string) (string, error) {
	if err := authz.Can(who, authz.PeopleManage, nil); err != nil {
		return "", err
	}
	p, err := d.Store.PersonByEmail(ctx, email)
	if err != nil {
		return "", err
	}
	value, err := d.Identity.NewLink(ctx, p.ID, actor(ctx, who))
	if err != nil {
		return "", err
	}
	return SignInLink(d.BaseURL, value), nil
}

// SignInLink is the address that a one-time value opens. The value stands after
// the hash sign of the address, if pages can read it there, so that no log has it.
func SignInLink(base string, value core.Secret) string {
	return base + "/sign-in?token=" + url.QueryEscape(string(value.Open()))
}

// SignIn uses a one-time value up and returns its person.
func (d *Desk) SignIn(ctx context.Context, token string) (core.Person, error) {
	return d.Identity.RedeemLink(ctx, core.NewSecret([]byte(token)))
}

// PutSecret keeps a new version of one of the organisation's secrets.
func (d *Desk) PutSecret(ctx context.Context, who core.Person, name string, value core.Secret) error {
	if err := authz.Can(who, authz.SecretManage, nil); err != nil {
		return err
	}
	return d.Secrets.Put(ctx, name, value, actor(ctx, who))
}

// SecretNames lists the names of the organisation's secrets.
func (d *Desk) SecretNames(ctx context.Context, who core.Person) ([]string, error) {
	if err := authz.Can(who, authz.SecretManage, nil); err != nil {
		return nil, err
	}
	names, err := d.Secrets.Names(ctx)
	return orEmpty(names), err
}
