package secret

import (
	"context"
	"regexp"

	"github.com/paddock-dev/paddock/internal/core"
)

// MaxValue is the largest value of a secret, in bytes.
const MaxValue = 64 << 10

// Sealer encrypts values for one purpose each.
type Sealer interface {
	Seal(purpose string, s core.Secret) ([]byte, error)
	Unseal(purpose string, b []byte) (core.Secret, error)
}

// Store keeps sealed values. Writes happen inside Tx.InTx.
type Store interface {
	// AddSealed keeps the next version of a secret and returns its number.
	AddSealed(ctx context.Context, id core.ID, name string, sealed []byte, by core.ID, at int64) (version int, err error)
	// Sealed returns the newest version. Errors: NotFound.
	Sealed(ctx context.Context, name string) (sealed []byte, version int, err error)
	// DropSecret ends all versions. Errors: NotFound.
	DropSecret(ctx context.Context, name string, at int64) error
	// SecretNames lists the names of the secrets in force.
	SecretNames(ctx context.Context) ([]string, error)
}

// Tx runs fn in one transaction, carried by the context fn is given.
type Tx interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Audit takes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Options are what a Service is made of. All fields are needed.
type Options struct {
	Sealer Sealer
	Store  Store
	Leases Leases
	Live   Live
	Tx     Tx
	Audit  Audit
	Clock  core.Clock
	IDs    core.IDs
	// Allowed lists the stores that the secret policy allows, read at every use
	// so that a new governance revision takes effect at once.
	Allowed func() []string
}

// Service keeps secrets and lends their use. It is safe for concurrent use.
type Service struct {
	o    Options
	uses uses
}

// New makes a service.
func New(o Options) *Service { return &Service{o: o} }

var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,62}$`)

// Put keeps a value as the next version of the named secret; later uses get it.
// It returns the version's number. Errors: Invalid for the name or an empty
// value, TooLarge, Denied when policy does not allow the built-in store.
func (s *Service) Put(ctx context.Context, name string, value core.Secret, by core.Actor) (version int, err error) {
	switch {
	case !nameForm.MatchString(name):
		return 0, core.Errorf(core.Invalid, "%.80q is not a name for a secret.", name).
			Hinted("Start with a letter. Use letters, digits, dashes and underscores.").At("name")
	case value.Empty():
		return 0, core.Errorf(core.Invalid, "The secret %s has no value.", name).Hinted("Enter the value.").At("value")
	case len(value.Open()) > MaxValue:
		return 0, core.Errorf(core.TooLarge, "The secret has more than %d bytes.", MaxValue).Hinted("Enter a shorter value.").At("value")
	}
	if err := s.CheckStore(Platform); err != nil {
		return 0, err
	}
	sealed, err := s.o.Sealer.Seal(purpose(name), value)
	if err != nil {
		return 0, err
	}
	now := s.o.Clock.Now()
	err = s.o.Tx.InTx(ctx, func(ctx context.Context) error {
		if version, err = s.o.Store.AddSealed(ctx, s.o.IDs.New(now), name, sealed, by.ID, core.Stamp(now)); err != nil {
			return err
		}
		return s.o.Audit.Append(ctx, s.event("secret.put", by, name, number("version", version)))
	})
	return version, err
}

// Delete ends all versions of a secret. Leases on it give nothing from then on.
// Errors: NotFound.
func (s *Service) Delete(ctx context.Context, name string, by core.Actor) error {
	return s.o.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.o.Store.DropSecret(ctx, name, core.Stamp(s.o.Clock.Now())); err != nil {
			return err
		}
		return s.o.Audit.Append(ctx, s.event("secret.delete", by, name, nil))
	})
}

// Version returns the number of the newest version. Errors: NotFound.
func (s *Service) Version(ctx context.Context, name string) (int, error) {
	_, version, err := s.o.Store.Sealed(ctx, name)
	return version, err
}

// Names lists the secrets in force.
func (s *Service) Names(ctx context.Context) ([]string, error) { return s.o.Store.SecretNames(ctx) }

// purpose binds sealed bytes to their name, so that rows cannot be swapped.
func purpose(name string) string { return "org/secret/" + name }

func (s *Service) event(action string, by core.Actor, target string, data map[string]string) core.Event {
	return core.Event{Action: action, Actor: by, Target: target, Code: "ok", Data: data}
}
