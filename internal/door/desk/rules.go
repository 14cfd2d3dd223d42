package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Lender gives away what apps are checked by.
type Lender interface {
	// Rules writes the public parts of the revision in force as a signed file, with
	// the exemptions of one app; none for "". Equal rules are equal bytes, named by
	// their digest.
	Rules(ctx context.Context, app string) (file []byte, digest string, err error)
}

// CheckRules returns what apps are checked by. With the name of an app, its
// exemptions are among them. Errors: NotFound for an app that the caller may not
// see.
func (d *Desk) CheckRules(ctx context.Context, who core.Person, app string) ([]byte, string, error) {
	if app != "" {
		if _, err := d.app(ctx, who, app, authz.RulesRead); err != nil {
			return nil, "", err
		}
	} else if err := authz.Can(who, authz.RulesRead, nil); err != nil {
		return nil, "", err
	}
	return d.Lender.Rules(ctx, app)
}
