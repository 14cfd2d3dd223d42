package seal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
)

func open(t *testing.T, dir string) *Keyring {
	t.Helper()
	k, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newDir(t *testing.T) string { return filepath.Join(t.TempDir(), "keys") }

func TestOpenKeepsTheKeys(t *testing.T) {
	dir := newDir(t)
	a := open(t, dir)
	b := open(t, dir)
	if a.keys() != b.keys() || a.AuditKey() != b.AuditKey() || a.KeyID() != b.KeyID() {
		t.Fatal("a second Open gave other keys")
	}
	for name, want := range map[string]fs.FileMode{".": 0o700 | fs.ModeDir, keyringFile: 0o600, signingFile: 0o600, auditFile: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%s: mode %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
	pem, _ := os.ReadFile(filepath.Join(dir, signingFile))
	pub, err := ParsePublicPEM(pem)
	if err != nil || !pub.Equal(a.PublicKey()) {
		t.Errorf("signing.pub does not hold the public key: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".new-*")); len(left) > 0 {
		t.Errorf("temporary files stayed: %v", left)
	}
}

func TestOpenAtOnceGivesOneKeyring(t *testing.T) {
	dir := newDir(t)
	var rings [8]*Keyring
	var group sync.WaitGroup
	for i := range rings {
		group.Go(func() { rings[i], _ = Open(dir, nil) })
	}
	group.Wait()
	for _, r := range rings {
		if r == nil || r.keys() != rings[0].keys() {
			t.Fatal("two starts at once made two keyrings")
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	path := func(dir string) string { return filepath.Join(dir, keyringFile) }
	rewrite := func(change func([]byte) []byte) func(string) error {
		return func(dir string) error {
			b, err := os.ReadFile(path(dir))
			if err != nil {
				return err
			}
			return os.WriteFile(path(dir), change(b), 0o600)
		}
	}
	cases := []struct {
		note string
		do   func(dir string) error
		want core.Code
	}{
		{"folder open to the group", func(d string) error { return os.Chmod(d, 0o750) }, core.Forbidden},
		{"file open to others", func(d string) error { return os.Chmod(path(d), 0o604) }, core.Forbidden},
		{"file is a link", func(d string) error {
			if err := os.Rename(path(d), path(d)+".real"); err != nil {
				return err
			}
			return os.Symlink(path(d)+".real", path(d))
		}, core.Forbidden},
		{"file is a folder", func(d string) error {
			if err := os.Remove(path(d)); err != nil {
				return err
			}
			return os.Mkdir(path(d), 0o700)
		}, core.Forbidden},
		{"empty file", rewrite(func([]byte) []byte { return nil }), core.Unreadable},
		{"torn in the middle", rewrite(func(b []byte) []byte { return b[:len(b)/2] }), core.Unreadable},
		{"last byte missing", rewrite(func(b []byte) []byte { return b[:len(b)-1] }), core.Unreadable},
		{"one byte flipped", rewrite(func(b []byte) []byte { b[100] ^= 1; return b }), core.Unreadable},
		{"zeros, as after a power cut", rewrite(func(b []byte) []byte { return make([]byte, len(b)) }), core.Unreadable},
		{"huge", rewrite(func(b []byte) []byte { return bytes.Repeat(b, 100) }), core.Unreadable},
		{"newer version", rewrite(func(b []byte) []byte { return bytes.Replace(b, []byte("keyring 1"), []byte("keyring 2"), 1) }), core.Unreadable},
		{"keys gone, public key left", func(d string) error { return os.Remove(path(d)) }, core.Conflict},
		{"public key of another", func(d string) error {
			return os.WriteFile(filepath.Join(d, auditFile), []byte("other\n"), 0o600)
		}, core.Conflict},
	}
	for _, c := range cases {
		t.Run(c.note, func(t *testing.T) {
			dir := newDir(t)
			open(t, dir)
			if err := c.do(dir); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir, nil)
			if got := core.CodeOf(err); got != c.want {
				t.Fatalf("code %q, want %q: %v", got, c.want, err)
			}
			if core.AsError(err).Hint == "" {
				t.Error("the refusal does not say what to do")
			}
		})
	}
}

func TestOpenWithoutRandomnessFails(t *testing.T) {
	dir := newDir(t)
	if _, err := Open(dir, strings.NewReader("short")); core.CodeOf(err) != core.Internal {
		t.Fatalf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, keyringFile)); err == nil {
		t.Fatal("a keyring was written without randomness")
	}
}

// Promise 7: printing a keyring in any way shows no key.
func TestKeyringShowsNothing(t *testing.T) {
	k := open(t, newDir(t))
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "ring", k)
	js, _ := json.Marshal(k)
	shown := fmt.Sprintf("%v %+v %#v %s %v %+v %#v", k, k, k, k, *k, *k, *k) + log.String() + string(js)
	type holder struct{ ring *Keyring }
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown += fmt.Sprintf(format, holder{k}) + fmt.Sprintf(format, *k)
	}
	all := k.keys()
	for _, l := range all.lines() {
		for _, form := range []string{fmt.Sprint(l.key[:]), fmt.Sprintf("%x", l.key[:]), fmt.Sprintf("%#v", l.key[:]), fmt.Sprint(l.key[:4])[1:12]} {
			if strings.Contains(shown, form) {
				t.Errorf("the %s key is shown", l.name)
			}
		}
	}
}

func TestNoteSigner(t *testing.T) {
	k := open(t, newDir(t))
	signed, err := note.Sign(&note.Note{Text: "checkpoint\n1\n"}, k.NoteSigner())
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(k.AuditKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(signed, note.VerifierList(v)); err != nil {
		t.Fatal(err)
	}
	if want := "paddock.local/" + k.Installation(); k.NoteSigner().Name() != want {
		t.Errorf("name %q, want %q", k.NoteSigner().Name(), want)
	}
}
