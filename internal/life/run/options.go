package run

import (
	"context"
	"crypto/x509"
	"database/sql"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run/egress"
)

// Options are what a Manager needs. Dir, Engine and OpenDB must be set.
type Options struct {
	// Dir is the data folder. Databases are at Dir/appdata/APPID/app.sqlite.
	Dir string
	// Sockets is this server's own folder for sockets, emptied at the start;
	// "" means Dir/run.
	Sockets string
	Engine  Engine
	// OpenDB opens an app's SQLite file, hardened as the driver can.
	OpenDB      func(path string) (*sql.DB, error)
	Clock       core.Clock // nil: the machine's
	IDs         core.IDs
	Log         *slog.Logger       // nil discards
	Credentials egress.Credentials // nil: vendors with a credential cannot be called
	Identity    egress.Identity    // nil: apps have no identity tokens
	Meter       Meter              // nil: use is not kept
	// Absent says how to run an app that this server has not run since it started.
	// It is asked at the app's first request, so that a start costs the same
	// whatever the number of apps. Errors: NotFound when the app is not deployed.
	Absent    func(ctx context.Context, app core.ID) (Spec, error)
	Incidents Incidents // nil: incidents are only logged
	// Idle is how long an app without requests keeps its process; default 5 min.
	Idle time.Duration
	// VendorRoots are the authorities for vendors' certificates; nil: the system's.
	VendorRoots *x509.CertPool
}

func (o Options) withDefaults() Options {
	if o.Sockets == "" {
		o.Sockets = filepath.Join(o.Dir, "run")
	}
	if o.Clock == nil {
		o.Clock = core.SystemClock{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Idle <= 0 {
		o.Idle = 5 * time.Minute
	}
	return o
}
