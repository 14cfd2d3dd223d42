package main

import (
	"context"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// checks is how many questions are asked of each sort.
const checks = 20_000

// ownRule is a rule of an organisation: contractors do not deploy in the evening.
const ownRule = `package paddock.authz

deny contains {"code": "contractor_after_hours", "message": "Not in the evening."} if {
	input.permission == "app.deploy"
	"corp/contractors" in input.actor.groups
	input.hour >= input.limits.to_hour
}
`

// rights measures what the question costs whether somebody may act: by the table
// alone, and with rules of the organisation's own.
func (b *bench) rights(ctx context.Context) error {
	who := core.Person{ID: "p1", Email: "ada@example.org", Roles: []core.Role{core.RoleMaker}}
	app := core.App{ID: "a1", Name: "payroll", OwnerID: "p2", Descriptor: core.Descriptor{CoOwners: []string{"ana@example.org", "ada@example.org"}}}
	none, err := policy.Compile(ctx, map[string][]byte{}, nil, nil)
	if err != nil {
		return err
	}
	some, err := policy.Compile(ctx, map[string][]byte{"policies/authz.rego": []byte(ownRule)}, nil, nil)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		what  string
		rules *policy.Set
		limit float64
	}{
		{"authorization check, no rule of one's own", none, 20},
		{"authorization check, with a rule of one's own", some, 1000},
	} {
		began := time.Now()
		for n := range checks {
			if err := authz.Can(who, authz.AppDeploy, &app); err != nil {
				return err
			}
			if !c.rules.Bars() {
				continue
			}
			in := policy.Authority{Permission: "app.deploy", Door: "api", App: policy.AppFacts(app.Descriptor, nil), Actor: policy.Officer{Email: who.Email, Roles: who.Roles, Groups: []string{fmt.Sprint("corp/", n)}}}
			in.At(began.Add(time.Duration(n)*time.Minute), time.UTC)
			if why, err := c.rules.Refuses(ctx, in); err != nil || len(why) > 0 {
				return fmt.Errorf("a rule refuses: %v %w", why, err)
			}
		}
		b.atMost(c.what, time.Since(began).Seconds()*1e6/checks, c.limit, "us")
	}
	return nil
}
