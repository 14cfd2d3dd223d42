package identity_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// counted notes which reads a look-up makes.
type counted struct {
	*testkit.Ground
	reads []string
}

func (c *counted) Credential(ctx context.Context, kind core.CredentialKind, hash string) (core.Credential, error) {
	c.reads = append(c.reads, "credential")
	return c.Ground.Credential(ctx, kind, hash)
}

func (c *counted) Person(ctx context.Context, id core.ID) (core.Person, error) {
	c.reads = append(c.reads, "person")
	return c.Ground.Person(ctx, id)
}

// An unknown value costs the same reads as a known one that is refused.
func TestUnknownValuesCostTheSame(t *testing.T) {
	tw := newTown(t)
	s := tw.signIn(t)
	tw.SetDisabled(tw.ana, true)
	c := &counted{Ground: tw.Ground}
	watched := identity.New(c, tw.Audit, tw.Clock, tw.IDs, rand.Reader)
	for name, value := range map[string]core.Secret{"refused": s, "unknown": core.NewSecret([]byte("x")), "empty": {}} {
		c.reads = nil
		_, err := watched.Session(t.Context(), value)
		refused(t, name, err)
		if got := strings.Join(c.reads, " "); got != "credential person" {
			t.Errorf("%s: reads %q", name, got)
		}
	}
}
