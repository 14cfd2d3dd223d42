package main

import (
	"context"
	"net/http"
)

// people are those who walk the road.
type people struct{ admin, maker *person }

// arrive signs in the admin by the link of the first start, and a maker by a
// link that the admin makes.
func arrive(ctx context.Context, s *server) (people, error) {
	p := people{newPerson(s.base, adminEmail), newPerson(s.base, "hana@example.org")}
	if err := p.admin.signIn(ctx, s.link); err != nil {
		return p, err
	}
	// The template's vendor is called with a credential: without one no app starts.
	if err := p.admin.call(ctx, http.MethodPut, "/secrets/talent-directory-token", map[string]string{"value": "bench"}, nil); err != nil {
		return p, err
	}
	maker := map[string]any{"email": p.maker.email, "name": "Hana", "roles": []string{"maker"}}
	if err := p.admin.call(ctx, http.MethodPost, "/people", maker, nil); err != nil {
		return p, err
	}
	var made struct {
		Link string `json:"link"`
	}
	if err := p.admin.call(ctx, http.MethodPost, "/people/"+p.maker.email+"/link", nil, &made); err != nil {
		return p, err
	}
	return p, p.maker.signIn(ctx, made.Link)
}
