package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func (w *world) restore(t *testing.T, from, to, checkpoint string) (Result, error) {
	t.Helper()
	return Restore(t.Context(), RestoreOptions{From: from, To: to, Checkpoint: checkpoint, Clock: core.SystemClock{}, IDs: w.IDs})
}

// A checkpoint that was kept elsewhere says plainly what the backup lacks, and
// one of another log, or of a log that was rewritten, is found.
func TestKeptCheckpointShowsWhatIsLost(t *testing.T) {
	w := newWorld(t)
	old, err := w.DB.Checkpoint(t.Context())
	w.Must(err)
	dir := t.TempDir()
	from := filepath.Join(dir, "b")
	made := w.made(t, from)
	r, err := w.restore(t, from, filepath.Join(dir, "one"), old)
	if err != nil || r.Restored.Lost != 0 || r.Restored.Known == 0 {
		t.Errorf("an older checkpoint: %+v, %v", r.Restored, err)
	}
	for range 3 {
		w.act(t)
	}
	newer, err := w.DB.Checkpoint(t.Context())
	w.Must(err)
	r, err = w.restore(t, from, filepath.Join(dir, "two"), newer)
	if err != nil || r.Restored.Lost != 4 { // backup.end and three acts
		t.Errorf("a newer checkpoint: %+v, %v", r.Restored, err)
	}
	var text strings.Builder
	w.Must(r.WriteText(&text))
	want := fmt.Sprintf("the log had %d events by the checkpoint you gave, the backup has %d: 4 events are lost", made.Backup.Events+4, made.Backup.Events)
	if !strings.Contains(text.String(), want) {
		t.Errorf("%s\nwant: %s", text.String(), want)
	}
	foreign, err := newWorld(t).DB.Checkpoint(t.Context())
	w.Must(err)
	if _, err := w.restore(t, from, filepath.Join(dir, "three"), foreign); core.CodeOf(err) != core.Unreadable {
		t.Errorf("a checkpoint of another log: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "three")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is at the place: %v", err)
	}
}

// Whatever is changed in a backup is found before anything is put into place.
func TestDamagedBackupIsRefused(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	from := filepath.Join(dir, "b")
	w.made(t, from)
	object, err := filepath.Glob(filepath.Join(from, "git/repos/one.git/objects/??/*"))
	w.Must(err)
	for name, spoil := range map[string]func(dir string) error{
		"a flipped bit":      func(dir string) error { return flip(filepath.Join(dir, databaseFile)) },
		"a missing object":   func(dir string) error { return os.Remove(filepath.Join(dir, strings.TrimPrefix(object[0], from))) },
		"a changed list":     func(dir string) error { return flip(filepath.Join(dir, listFile)) },
		"no note":            func(dir string) error { return os.Remove(filepath.Join(dir, noteFile)) },
		"a note that is cut": func(dir string) error { return os.Truncate(filepath.Join(dir, noteFile), 20) },
		"another format": func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, noteFile))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, noteFile), []byte(strings.Replace(string(b), `"format": 1`, `"format": 2`, 1)), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad")
			w.Must(os.CopyFS(bad, os.DirFS(from)))
			w.Must(spoil(bad))
			archive := bad + ".tar.gz"
			w.Must(pack2(t, bad, archive))
			for _, from := range []string{bad, archive} {
				if _, err := os.Stat(from); err != nil {
					continue // no note: there is no archive of it
				}
				to := from + "-back"
				_, err := w.restore(t, from, to, "")
				if e := core.AsError(err); e == nil || e.Code != core.Unreadable || e.Hint == "" {
					t.Errorf("%s: %v", filepath.Base(from), err)
				}
				if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("something is at the place: %v", err)
				}
				if _, err := Drill(t.Context(), from, core.SystemClock{}, nil); core.CodeOf(err) != core.Unreadable {
					t.Errorf("the drill: %v", err)
				}
			}
		})
	}
}

// pack2 packs what is left of a backup, if there is enough for an archive.
func pack2(t *testing.T, root, file string) error {
	err := pack(t.Context(), root, file)
	if err != nil {
		return os.Remove(file)
	}
	return nil
}

func flip(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	return os.WriteFile(path, b, 0o600)
}

// A backup whose records do not verify is told, and restored only when asked.
func TestProblemsInRecordsAreTold(t *testing.T) {
	w := newWorld(t)
	db := openSQL(t, filepath.Join(w.Dir, databaseFile))
	for _, s := range []string{"DROP TRIGGER IF EXISTS audit_event_no_update", "UPDATE audit_event SET leaf = replace(leaf, 'app.create', 'app.delete') WHERE action = 'app.create'"} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	from := filepath.Join(t.TempDir(), "b")
	r, err := Make(t.Context(), w.options(from))
	if err != nil || r.OK || len(r.Problems) == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	r, err = w.restore(t, from, from+"-back", "")
	if core.CodeOf(err) != core.Blocked || len(r.Problems) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = Restore(t.Context(), RestoreOptions{From: from, To: from + "-back", Accept: true, Clock: core.SystemClock{}, IDs: w.IDs})
	if err != nil || r.OK {
		t.Errorf("accepted: %v, %v", r.OK, err)
	}
}
