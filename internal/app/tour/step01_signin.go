package tour

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

type templates struct {
	Items []view.Template `json:"items"`
}

// signInAndPreview signs everybody in, lists the templates, and asks what two
// apps would need: an internal one nothing, a restricted one humans.
func signInAndPreview(ctx context.Context, r *road) (evidence, error) {
	if err := r.people(ctx); err != nil {
		return nil, err
	}
	var list templates
	if err := r.maker.Call(ctx, "GET", "/templates", nil, &list); err != nil {
		return nil, err
	}
	if err := visit.Must(len(list.Items) >= 3, "the catalog has %d templates, not 3", len(list.Items)); err != nil {
		return nil, err
	}
	var internal, restricted view.Preview
	form := r.form(r.app, "internal")
	if err := r.maker.Call(ctx, "POST", "/apps/preview", form, &internal); err != nil {
		return nil, err
	}
	form.Classification = "restricted"
	if err := r.maker.Call(ctx, "POST", "/apps/preview", form, &restricted); err != nil {
		return nil, err
	}
	err := visit.First(
		visit.Must(internal.Result == core.Allow && len(internal.Approvals) == 0, "an internal app would need %v", internal.Approvals),
		visit.Must(len(internal.Checks) >= 5, "only the checks %v are announced", internal.Checks),
		visit.Must(internal.Target == "eu-sovereign", "it would run at %q", internal.Target),
		visit.Must(restricted.Result == core.Waiting && len(restricted.Approvals) > 0, "a restricted app would need nobody (%s)", restricted.Result))
	return evidence{"templates": len(list.Items), "checks": internal.Checks, "internal needs": "no approval", "restricted needs": fmt.Sprintf("%d approvals", len(restricted.Approvals))}, err
}

// form asks for an app from the internal-dashboard template.
func (r *road) form(name, class string) view.NewApp {
	return view.NewApp{Template: "internal-dashboard", Name: name, Classification: class, Region: "eu-sovereign", Parameters: map[string]string{"team": "People team"}}
}

// people signs in the admin by the link of the first start, and everybody else
// by links that the admin makes.
func (r *road) people(ctx context.Context) error {
	base := r.server.Base
	r.admin, r.stranger = visit.NewPerson(base, visit.AdminEmail), visit.NewPerson(base, "nobody@example.org")
	if err := r.admin.Open(ctx, r.server.Link); err != nil {
		return err
	}
	if err := usedUp(ctx, r.admin, r.server.Link); err != nil {
		return err
	}
	for _, p := range []struct {
		who   **visit.Person
		email string
		role  core.Role
	}{{&r.maker, "hana@example.org", core.RoleMaker}, {&r.security, "sam@example.org", core.RoleSecurity},
		{&r.owner, "dora@example.org", core.RoleDataOwner}, {&r.colleague, "colin@example.org", core.RoleMaker}} {
		*p.who = visit.NewPerson(base, p.email)
		if err := r.admin.Call(ctx, "POST", "/people", view.NewPerson{Email: p.email, Name: visit.NameOf(p.email), Roles: []core.Role{p.role}}, nil); err != nil {
			return err
		}
		if err := r.signIn(ctx, *p.who); err != nil {
			return err
		}
	}
	return nil
}

// signIn has the admin make a link for a person, who then uses it.
func (r *road) signIn(ctx context.Context, who *visit.Person) error {
	var made struct {
		Link string `json:"link"`
	}
	if err := r.admin.Call(ctx, "POST", "/people/"+who.Email+"/link", nil, &made); err != nil {
		return err
	}
	return who.Open(ctx, made.Link)
}

// usedUp demands that a sign-in link works once only.
func usedUp(ctx context.Context, p *visit.Person, link string) error {
	other := visit.NewPerson(p.Base, p.Email)
	err := other.Open(ctx, link)
	return visit.Must(err != nil, "the sign-in link works twice")
}
