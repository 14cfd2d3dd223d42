package tour

import (
	"context"
	"fmt"

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
	if err := r.maker.call(ctx, "GET", "/templates", nil, &list); err != nil {
		return nil, err
	}
	if err := must(len(list.Items) >= 3, "the catalog has %d templates, not 3", len(list.Items)); err != nil {
		return nil, err
	}
	var internal, restricted view.Preview
	form := r.form(r.app, "internal")
	if err := r.maker.call(ctx, "POST", "/apps/preview", form, &internal); err != nil {
		return nil, err
	}
	form.Classification = "restricted"
	if err := r.maker.call(ctx, "POST", "/apps/preview", form, &restricted); err != nil {
		return nil, err
	}
	err := first(
		must(internal.Result == core.Allow && len(internal.Approvals) == 0, "an internal app would need %v", internal.Approvals),
		must(len(internal.Checks) >= 5, "only the checks %v are announced", internal.Checks),
		must(internal.Target == "eu-sovereign", "it would run at %q", internal.Target),
		must(restricted.Result == core.Waiting && len(restricted.Approvals) > 0, "a restricted app would need nobody (%s)", restricted.Result))
	return evidence{"templates": len(list.Items), "checks": internal.Checks, "internal needs": "no approval", "restricted needs": fmt.Sprintf("%d approvals", len(restricted.Approvals))}, err
}

// form asks for an app from the internal-dashboard template.
func (r *road) form(name, class string) view.NewApp {
	return view.NewApp{Template: "internal-dashboard", Name: name, Classification: class, Region: "eu-sovereign", Parameters: map[string]string{"team": "People team"}}
}

// people signs in the admin by the link of the first start, and everybody else
// by links that the admin makes.
func (r *road) people(ctx context.Context) error {
	base := r.server.base
	r.admin, r.stranger = newPerson(base, adminEmail), newPerson(base, "nobody@example.org")
	link, err := r.server.firstLink(ctx)
	if err != nil {
		return err
	}
	if err := r.admin.open(ctx, link); err != nil {
		return err
	}
	if err := r.admin.usedUp(ctx, link); err != nil {
		return err
	}
	for _, p := range []struct {
		who   **person
		email string
		role  core.Role
	}{{&r.maker, "hana@example.org", core.RoleMaker}, {&r.security, "sam@example.org", core.RoleSecurity},
		{&r.owner, "dora@example.org", core.RoleDataOwner}, {&r.colleague, "colin@example.org", core.RoleMaker}} {
		*p.who = newPerson(base, p.email)
		if err := r.admin.call(ctx, "POST", "/people", view.NewPerson{Email: p.email, Name: name(p.email), Roles: []core.Role{p.role}}, nil); err != nil {
			return err
		}
		if err := r.signIn(ctx, *p.who); err != nil {
			return err
		}
	}
	return nil
}

// signIn has the admin make a link for a person, who then uses it.
func (r *road) signIn(ctx context.Context, who *person) error {
	var made struct {
		Link string `json:"link"`
	}
	if err := r.admin.call(ctx, "POST", "/people/"+who.email+"/link", nil, &made); err != nil {
		return err
	}
	return who.open(ctx, made.Link)
}

// usedUp demands that a sign-in link works once only.
func (p *person) usedUp(ctx context.Context, link string) error {
	other := newPerson(p.base, p.email)
	err := other.open(ctx, link)
	return must(err != nil, "the sign-in link works twice")
}

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
