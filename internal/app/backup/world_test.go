package backup

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// world is an installation whose acts touch everything that is backed up: each
// makes a commit, a blob, a row in an app's own database, and then its record.
type world struct {
	*testkit.Ground
	keys  *seal.Keyring
	seq   *audit.Sequencer
	app   *sql.DB
	repo  string
	acked atomic.Int64
}

func newWorld(t *testing.T) *world { return newWorldOn(t, store.SQLite) }

func newWorldOn(t *testing.T, engine string) *world {
	g := testkit.On(t, engine)
	w := &world{Ground: g, repo: filepath.Join(g.Dir, "git/repos/one.git")}
	var err error
	w.keys, err = seal.Open(filepath.Join(g.Dir, "keys"), rand.Reader)
	g.Must(err)
	verifier, err := note.NewVerifier(w.keys.AuditKey())
	g.Must(err)
	w.seq = audit.NewSequencer(g.DB, w.keys.NoteSigner(), verifier, nil, slog.New(slog.DiscardHandler))
	for _, d := range []string{"git/repos", "git/tmp", "oci/blobs/sha256", "appdata/a1", "run"} {
		g.Must(os.MkdirAll(filepath.Join(g.Dir, d), 0o700))
	}
	for _, repo := range []string{"one", "empty"} {
		w.git(t, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", filepath.Join(g.Dir, "git/repos", repo+".git"))
	}
	g.Must(os.WriteFile(filepath.Join(g.Dir, "lock"), nil, 0o600))
	g.Must(os.WriteFile(filepath.Join(g.Dir, "oci/blobs/sha256/.new-1"), []byte("half"), 0o600))
	w.app, err = sql.Open("sqlite", "file:"+filepath.Join(g.Dir, "appdata/a1/app.sqlite")+"?_pragma=journal_mode(WAL)")
	g.Must(err)
	t.Cleanup(func() { w.app.Close() })
	_, err = w.app.Exec("CREATE TABLE t (n INTEGER PRIMARY KEY)")
	g.Must(err)
	w.act(t)
	return w
}

func (w *world) git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// act does what every act does: effects first, then record and event at once.
func (w *world) act(t *testing.T) {
	n := w.acked.Load() + 1
	empty := w.git(t, "-C", w.repo, "hash-object", "-w", "-t", "tree", "/dev/null")
	commit := w.git(t, "-C", w.repo, "commit-tree", "-m", fmt.Sprint(n), empty)
	w.git(t, "-C", w.repo, "update-ref", "refs/heads/main", commit)
	blob := []byte(fmt.Sprintf("blob %d", n))
	sum := sha256.Sum256(blob)
	digest := hex.EncodeToString(sum[:])
	w.Must(os.WriteFile(filepath.Join(w.Dir, "oci/blobs/sha256", digest), blob, 0o600))
	_, err := w.app.Exec("INSERT INTO t (n) VALUES ($1)", n)
	w.Must(err)
	w.Must(w.InTx(context.Background(), func(ctx context.Context) error {
		if err := w.PutSetting(ctx, fmt.Sprintf("act-%06d", n), commit+" "+digest); err != nil {
			return err
		}
		return w.Audit.Append(ctx, core.Event{Action: "app.create", Actor: core.System("test"), Target: fmt.Sprint(n), Code: "ok"})
	}))
	_, err = w.seq.IntegrateNow(context.Background())
	w.Must(err)
	w.acked.Store(n)
}

func (w *world) options(to string) Options {
	return Options{Data: w.Dir, To: to, Keys: true, Store: w.DB, Log: w.Audit, Clock: core.SystemClock{}, IDs: w.IDs, Version: "test"}
}

// made makes a backup that must succeed.
func (w *world) made(t *testing.T, to string) Result {
	t.Helper()
	r, err := Make(t.Context(), w.options(to))
	if err != nil {
		t.Fatalf("%v (%v)", err, core.AsError(err).Err)
	}
	if !r.OK {
		t.Fatalf("the backup does not verify: %+v", r.Problems)
	}
	return r
}

// holds looks into a data folder: every act that its records name is there in
// full, and the repository is at most one act ahead. It returns the last act.
func (w *world) holds(t *testing.T, dir string) int64 {
	t.Helper()
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	repo := filepath.Join(dir, "git/repos/one.git")
	last := int64(0)
	for n := int64(1); ; n++ {
		v, err := db.Setting(t.Context(), fmt.Sprintf("act-%06d", n))
		if err != nil || v == "" {
			break
		}
		commit, digest, _ := strings.Cut(v, " ")
		w.git(t, "-C", repo, "cat-file", "-e", commit)
		if _, err := os.Stat(filepath.Join(dir, "oci/blobs/sha256", digest)); err != nil {
			t.Errorf("act %d: %v", n, err)
		}
		last = n
	}
	head := w.git(t, "-C", repo, "log", "-1", "--format=%s", "main")
	if head != fmt.Sprint(last) && head != fmt.Sprint(last+1) {
		t.Errorf("the records end with act %d, the repository is at %s", last, head)
	}
	app, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "appdata/a1/app.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	var rows int64
	if err := app.QueryRow("SELECT count(*) FROM t").Scan(&rows); err != nil || rows < last {
		t.Errorf("the app's database has %d rows, %d acts are recorded, %v", rows, last, err)
	}
	return last
}
