package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

// Promise 4: a backup comes back, as a folder and from each kind of archive, and
// the log goes on.
func TestBackupComesBack(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	for _, name := range []string{"folder", "a.tar", "a.tar.gz", "a.tar.zst"} {
		t.Run(name, func(t *testing.T) {
			w.act(t)
			from, to := filepath.Join(dir, name), filepath.Join(dir, "back-"+name[:1]+fmt.Sprint(len(name)))
			made := w.made(t, from)
			if made.Backup.Events < w.acked.Load() || made.HeldMS == 0 {
				t.Errorf("%+v", made)
			}
			drill, err := Drill(t.Context(), from, core.SystemClock{}, nil)
			if err != nil || !drill.OK || drill.Backup != made.Backup {
				t.Errorf("the drill: %+v, %v", drill, err)
			}
			r, err := Restore(t.Context(), RestoreOptions{From: from, To: to, Clock: core.SystemClock{}, IDs: w.IDs})
			if err != nil || !r.OK {
				t.Fatalf("%+v, %v (%v)", r.Problems, err, core.AsError(err))
			}
			if last := w.holds(t, to); last != w.acked.Load() {
				t.Errorf("the restored records end with act %d of %d", last, w.acked.Load())
			}
			for _, p := range []string{"lock", "run", "oci/blobs/sha256/.new-1", noteFile, listFile, "paddock.db-wal", "git/repos/one.git.lock"} {
				if _, err := os.Stat(filepath.Join(to, p)); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s came along: %v", p, err)
				}
			}
			f, err := fsck.Check(t.Context(), to)
			if err != nil || !f.OK || f.Audit.Pending == 0 {
				t.Errorf("fsck: %v, %d pending, %v", f.Problems, f.Audit.Pending, err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*"+unfinished)); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// Acts go on while backups are made, one after another: each is sound, agrees
// with itself, and has every act that was acknowledged before it began.
func TestBackupUnderLoad(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() {
		for ctx.Err() == nil {
			w.act(t)
		}
	})
	defer work.Wait()
	defer stop()
	dir := t.TempDir()
	for i := range 4 {
		before := w.acked.Load()
		to := filepath.Join(dir, fmt.Sprint(i))
		w.made(t, to)
		if last := w.holds(t, to); last < before {
			t.Errorf("act %d was acknowledged before the backup began, which ends with %d", before, last)
		}
	}
	if n := w.acked.Load(); n < 5 {
		t.Errorf("only %d acts went on meanwhile", n)
	}
}

// The secret keys can stay out; the public ones stay in, so that it verifies.
func TestKeysStayOut(t *testing.T) {
	w := newWorld(t)
	to := filepath.Join(t.TempDir(), "b")
	o := w.options(to)
	o.Keys = false
	r, err := Make(t.Context(), o)
	if err != nil || !r.OK || r.Backup.Keys {
		t.Fatalf("%+v, %v", r, err)
	}
	err = filepath.WalkDir(to, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, err := os.ReadFile(p)
			if err != nil || strings.Contains(string(b), "paddock keyring") {
				t.Errorf("%s holds the keys, %v", p, err)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	back, err := Restore(t.Context(), RestoreOptions{From: to, To: to + "-back", Clock: core.SystemClock{}, IDs: w.IDs})
	if err != nil || !strings.Contains(fmt.Sprint(back.Restored.Warnings), "keyring") {
		t.Errorf("%+v, %v", back.Restored, err)
	}
}

// Wrong once: nothing is overwritten, nothing lies in itself, no folder is made
// up; and a failed backup leaves nothing at its place.
func TestBackupRefuses(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	full := filepath.Join(dir, "full")
	w.Must(os.MkdirAll(filepath.Join(full, "x"), 0o700))
	w.Must(os.WriteFile(filepath.Join(dir, "a.tar"), nil, 0o600))
	for to, want := range map[string]core.Code{
		full:                                    core.Conflict,
		filepath.Join(dir, "a.tar"):             core.Conflict,
		filepath.Join(w.Dir, "inside"):          core.Invalid,
		filepath.Dir(w.Dir):                     core.Invalid,
		filepath.Join(dir, "nowhere", "b"):      core.NotFound,
		filepath.Join(full, "x", "y", "z", "b"): core.NotFound,
	} {
		_, err := Make(t.Context(), w.options(to))
		if e := core.AsError(err); e == nil || e.Code != want || e.Hint == "" {
			t.Errorf("%s: %v, want %s", to, err, want)
		}
	}
	w.Must(os.Symlink("/etc/passwd", filepath.Join(w.Dir, "oci", "link")))
	to := filepath.Join(dir, "b")
	if _, err := Make(t.Context(), w.options(to)); core.CodeOf(err) != core.Unreadable {
		t.Errorf("a link: %v", err)
	}
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a failed backup is at its place: %v", err)
	}
	events := w.Events(0)
	if last := events[len(events)-1]; last != "backup.end" {
		t.Errorf("the failure is not in the log, but %s", last)
	}
}

// tickingClock tells a test when the clock is read.
type tickingClock struct {
	core.SystemClock
	read func()
}

func (c tickingClock) Now() time.Time {
	c.read()
	return c.SystemClock.Now()
}

// What happens after the moment is not in the copy, not even in part: neither in
// the records nor in the repositories, which are read on after it.
func TestBackupShowsOneMoment(t *testing.T) {
	w := newWorld(t)
	to := filepath.Join(t.TempDir(), "b")
	o := w.options(to)
	held, acted := false, false
	o.Clock = tickingClock{read: func() {
		if held = !held; held {
			return // the beginning
		}
		// The moment: nothing commits now. This file will be met first afterwards.
		w.Must(os.WriteFile(filepath.Join(w.Dir, "aaa"), []byte("x"), 0o600))
	}}
	before := w.acked.Load()
	o.Told = func(phase string, _, _ int64) {
		if _, err := os.Stat(filepath.Join(w.Dir, "aaa")); err == nil && phase == "files" && !acted {
			acted = true
			w.act(t)
			w.act(t)
		}
	}
	if r, err := Make(t.Context(), o); err != nil || !r.OK || !acted {
		t.Fatalf("%+v %v, acted %v", r.Problems, err, acted)
	}
	if last := w.holds(t, to); last != before {
		t.Errorf("act %d is in a copy of the moment after act %d", last, before)
	}
}
