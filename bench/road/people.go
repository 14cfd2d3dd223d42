package main

import (
	"context"
	"net/http"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// people are those who walk the road.
type people struct{ admin, maker *visit.Person }

// arrive signs in the admin by the link of the first start, and a maker by a
// link that the admin makes.
func arrive(ctx context.Context, s *visit.Server) (people, error) {
	p := people{visit.NewPerson(s.Base, visit.AdminEmail), visit.NewPerson(s.Base, "hana@example.org")}
	if err := p.admin.Open(ctx, s.Link); err != nil {
		return p, err
	}
	// The template's vendor is called with a credential: without one no app starts.
	if err := p.admin.Call(ctx, http.MethodPut, "/secrets/talent-directory-token", map[string]string{"value": "bench"}, nil); err != nil {
		return p, err
	}
	maker := map[string]any{"email": p.maker.Email, "name": "Hana", "roles": []string{"maker"}}
	if err := p.admin.Call(ctx, http.MethodPost, "/people", maker, nil); err != nil {
		return p, err
	}
	var made struct {
		Link string `json:"link"`
	}
	if err := p.admin.Call(ctx, http.MethodPost, "/people/"+p.maker.Email+"/link", nil, &made); err != nil {
		return p, err
	}
	return p, p.maker.Open(ctx, made.Link)
}
