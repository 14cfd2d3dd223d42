package git

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Repositories is what the door needs of the forge. All three speak git's own
// protocol; protocol is the client's Git-Protocol header, already checked.
type Repositories interface {
	Advertise(ctx context.Context, repo, service, protocol string, out io.Writer) error
	UploadPack(ctx context.Context, repo, protocol string, in io.Reader, out io.Writer) error
	// ReceivePack hands token to the hooks in PADDOCK_HOOK_TOKEN.
	ReceivePack(ctx context.Context, repo, protocol, token string, in io.Reader, out io.Writer) error
}

// Auth finds out who asks.
type Auth interface {
	// Authenticate returns the caller for a user (an e-mail or "token") and an
	// access token. A wrong pair is core.Unauthorized.
	Authenticate(ctx context.Context, user string, secret core.Secret) (Caller, error)
}

// Access says what a caller may do. A repository that the caller may not see is
// core.NotFound or core.Forbidden, as is one that does not exist.
type Access interface {
	CanRead(ctx context.Context, caller Caller, repo string) error
	CanWrite(ctx context.Context, caller Caller, repo string) error
}

// Tickets gives out the tokens that tie a hook to its push; HookServer does.
type Tickets interface {
	// Expect announces a push. The token is good until done is called.
	Expect(repo string, caller Caller) (token string, done func())
}

// Options are the parts of the door. Log may not be nil.
type Options struct {
	Repos   Repositories
	Auth    Auth
	Access  Access
	Tickets Tickets
	Log     *slog.Logger
	// MaxPush bounds the body of a push in bytes; default 64 MiB. The forge has
	// the same limit and says so in plainer words.
	MaxPush int64
	// MaxRequest bounds the body of a fetch, after unpacking; default 8 MiB.
	MaxRequest int64
	// Concurrent is how many git processes serve at once; default 16.
	Concurrent int
	// Patience is how long a request waits for its turn; default 20 seconds.
	Patience time.Duration
	// Time is how long one fetch or push may take; default 10 minutes.
	Time time.Duration
}

// Door serves git clients. It is safe for concurrent use. The handlers want the
// path value "repo" with its ending: "payroll.git".
type Door struct {
	o     Options
	slots chan struct{}
}

// New returns a door.
func New(o Options) *Door {
	o.MaxPush = cmp.Or(o.MaxPush, 64<<20)
	o.MaxRequest = cmp.Or(o.MaxRequest, 8<<20)
	o.Concurrent = cmp.Or(o.Concurrent, 16)
	o.Patience = cmp.Or(o.Patience, 20*time.Second)
	o.Time = cmp.Or(o.Time, 10*time.Minute)
	return &Door{o: o, slots: make(chan struct{}, o.Concurrent)}
}

// turn waits for a free slot and returns how to give it back.
func (d *Door) turn(ctx context.Context) (func(), error) {
	release := func() { <-d.slots }
	select {
	case d.slots <- struct{}{}:
		return release, nil
	default:
	}
	wait := time.NewTimer(d.o.Patience)
	defer wait.Stop()
	select {
	case d.slots <- struct{}{}:
		return release, nil
	case <-wait.C:
		return nil, core.Errorf(core.Unavailable, "Too many git commands run right now.").Hinted("Try again in a minute.")
	case <-ctx.Done():
		return nil, core.Errorf(core.Unavailable, "The request was given up.")
	}
}
