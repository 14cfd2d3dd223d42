package verify_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// TestResultTexts: the result reads well as text and as JSON.
func TestResultTexts(t *testing.T) {
	f := newLog(t, 12, 5)
	for _, broken := range []bool{false, true} {
		if broken {
			f.tamper(t, `DELETE FROM audit_leaf WHERE idx = 7`)
		}
		r, err := verify.Folder(t.Context(), f.dir, "")
		check(t, err)
		var text, js strings.Builder
		check(t, r.WriteText(&text))
		check(t, r.WriteJSON(&js))
		var back verify.Result
		check(t, json.Unmarshal([]byte(js.String()), &back))
		if back.OK == broken || back.FirstBad != r.FirstBad || back.Found != r.Found {
			t.Fatalf("%s", js.String())
		}
		want := "The audit log is intact: 12 events, 3 checkpoints"
		if broken {
			want = "The first bad index is 7."
		}
		if !strings.Contains(text.String(), want) || !strings.Contains(text.String(), "Compare it with a copy") {
			t.Fatal(text.String())
		}
	}
}

// TestBadInput: wrong folders, files and keys are refused in words.
func TestBadInput(t *testing.T) {
	f := newLog(t, 3, 3)
	empty, text := t.TempDir(), t.TempDir()
	check(t, os.WriteFile(filepath.Join(text, "paddock.db"), []byte(strings.Repeat("this is no database ", 500)), 0o600))
	for _, c := range []struct {
		dir, key string
		code     core.Code
	}{
		{empty, f.vkey, core.Unreadable},
		{filepath.Join(empty, "nowhere"), f.vkey, core.Unreadable},
		{text, f.vkey, core.Unreadable},
		{f.dir, "not a key", core.Invalid},
	} {
		if _, err := verify.Folder(t.Context(), c.dir, c.key); core.CodeOf(err) != c.code {
			t.Errorf("%s: %v", c.dir, err)
		}
	}
	check(t, os.Remove(filepath.Join(f.dir, "keys", "audit.vkey")))
	if _, err := verify.Folder(t.Context(), f.dir, ""); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
}

// TestRunningServer: the log of a server that holds its database open can be
// checked, with what it has not yet integrated counted.
func TestRunningServer(t *testing.T) {
	f := newLog(t, 30, 10)
	db, err := store.Open(t.Context(), f.dir)
	check(t, err)
	defer db.Close()
	log := audit.NewLog(db, fixedClock{}, core.IDs{}, rand.Reader)
	check(t, db.InTx(t.Context(), func(ctx context.Context) error { return log.Append(ctx, event(30)) }))
	r, err := verify.Folder(t.Context(), f.dir, f.vkey)
	check(t, err)
	if !r.OK || r.Events != 30 || r.Pending != 1 {
		t.Fatalf("%+v", r)
	}
}

// TestReadOnlyFolder: checking changes nothing.
func TestReadOnlyFolder(t *testing.T) {
	f := newLog(t, 30, 10)
	before := listing(t, f.dir)
	r, err := verify.Folder(t.Context(), f.dir, f.vkey)
	check(t, err)
	if after := listing(t, f.dir); !r.OK || after != before {
		t.Fatalf("before %s\nafter %s", before, after)
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	var b strings.Builder
	for _, e := range entries {
		info, err := e.Info()
		check(t, err)
		b.WriteString(e.Name() + info.ModTime().String() + " ")
	}
	return b.String()
}
