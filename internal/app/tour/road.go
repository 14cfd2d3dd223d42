package tour

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
)

// road is what the steps share.
type road struct {
	dir    string // the server's data folder
	work   string // clones and copies
	server *visit.Server
	vendor *vendor

	admin, maker, security, owner, colleague, stranger *visit.Person

	app      string // the candidate tracker
	tree     visit.Clone
	change   int
	artifact string
	pushed   time.Time // when the fix was pushed
	key      string    // the key that must be nowhere
	pack     string    // the evidence pack's file
}

func newRoad(ctx context.Context, dir, workerd string) (*road, error) {
	work, err := os.MkdirTemp("", "paddock-work-")
	if err != nil {
		return nil, core.Hidden("Making a temporary folder", err)
	}
	r := &road{dir: dir, work: work, app: "candidate-tracker"}
	if r.server, err = visit.NewServer(ctx, dir, workerd); err != nil {
		return nil, err
	}
	if r.vendor, err = newVendor(ctx); err != nil {
		return nil, err
	}
	return r, r.server.Start(ctx, "")
}

// close ends what the tour started. It may be called twice.
func (r *road) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	_ = r.server.Stop(ctx)
	r.vendor.close()
	_ = os.RemoveAll(r.work)
}

// paddock runs a command of this program and returns its standard output.
func (r *road) paddock(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, r.server.Program, args...)
	cmd.Dir = r.work
	b, err := cmd.Output()
	return string(b), err
}

// copyData copies the server's database and keys, as an auditor would carry
// them away.
func (r *road) copyData(name string) (string, error) {
	to := filepath.Join(r.work, name)
	for _, f := range []string{"paddock.db", "paddock.db-wal", "keys/audit.vkey", "keys/signing.pub"} {
		b, err := os.ReadFile(filepath.Join(r.dir, f))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return to, err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, f)), 0o700); err != nil {
			return to, err
		}
		if err := os.WriteFile(filepath.Join(to, f), b, 0o600); err != nil {
			return to, err
		}
	}
	return to, nil
}
