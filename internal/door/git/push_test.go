package git

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/core"
)

func TestCloneAndPushABranch(t *testing.T) {
	s := newStand(t)
	w := s.clone()
	s.write(w, map[string]string{"a.txt": "one"})
	out := s.git(w, "push", "origin", "HEAD:my-change")
	if !strings.Contains(out, "remote: Look at your change page.") {
		t.Errorf("the maker does not see the lines:\n%s", out)
	}
	head, err := s.forge.Head(t.Context(), "app", "my-change")
	if err != nil || head != s.git(w, "rev-parse", "HEAD") {
		t.Fatalf("branch is %s %v", head, err)
	}
	k := s.keeper
	if len(k.pushes) != 1 || k.told != 1 || k.seen["a.txt"] != "one" || k.seen["commit message"] != "work\n" {
		t.Fatalf("gatekeeper saw %+v, %v, told %d", k.pushes, k.seen, k.told)
	}
	p := k.pushes[0]
	if p.Repo != "app" || p.Caller.Actor().Name != "ada@example.org" || p.Updates[0].Ref != "refs/heads/my-change" || p.Updates[0].New != head {
		t.Fatalf("push %+v", p)
	}
	if strings.Contains(s.log.String(), goodToken) {
		t.Error("the log holds the access token")
	}
	s.write(w, map[string]string{"b.txt": "two"})
	s.git(w, "push", "origin", "HEAD:my-change")
	if _, old := k.seen["a.txt"]; old || k.seen["b.txt"] != "two" {
		t.Errorf("the second push shows %v", k.seen)
	}
	s.git(w, "push", "--quiet", "--force", "origin", "HEAD~1:my-change") // a maker's own branch may be rewritten
	s.git(w, "push", "--quiet", "origin", ":my-change")
}

func TestMainIsProtected(t *testing.T) {
	s := newStand(t)
	w := s.clone()
	before := s.fingerprint()
	s.write(w, map[string]string{"a.txt": "one"})
	s.refused(w, []string{"push", "origin", "HEAD:main"}, "remote: You cannot push to main directly.", "git push origin HEAD:my-change", "The push opens the change.", "pre-receive hook declined")
	s.refused(w, []string{"push", "--force", "origin", "HEAD:main"}, "remote: You cannot push to main directly.")
	s.refused(w, []string{"push", "origin", "HEAD:main", "HEAD:other"}, "remote: You cannot push to main directly.")
	s.refused(w, []string{"push", "origin", ":main"}, "main")
	s.refused(w, []string{"push", "origin", "HEAD:refs/replace/" + s.git(w, "rev-parse", "HEAD~1")}, "remote: Only branches")
	if after := s.fingerprint(); after != before {
		t.Fatalf("before:\n%s\nafter:\n%s", before, after)
	}
	must(t, s.forge.Protect(t.Context(), "app", core.Protection{DirectPush: true}))
	s.git(w, "push", "--quiet", "origin", "HEAD:main")
	s.git(w, "commit", "--quiet", "--amend", "-m", "rewritten")
	s.refused(w, []string{"push", "--force", "origin", "HEAD:main"}, "remote: The history of main cannot be rewritten.")
	must(t, s.forge.Freeze(t.Context(), "app"))
	s.refused(w, []string{"push", "origin", "HEAD:x"}, "remote: This app is archived")
}

// SEC-4: a key never reaches the server's repository, wherever it hides.
func TestBadPushLeavesNothing(t *testing.T) {
	for name, hide := range map[string]func(s *stand, w string) []string{
		"in a file": func(s *stand, w string) []string {
			s.write(w, map[string]string{"key.txt": badWord})
			return []string{"HEAD:x"}
		},
		"added and removed again": func(s *stand, w string) []string {
			s.write(w, map[string]string{"key.txt": badWord})
			s.git(w, "rm", "-q", "key.txt")
			s.git(w, "commit", "-qm", "gone")
			return []string{"HEAD:x"}
		},
		"in a big push": func(s *stand, w string) []string {
			files := map[string]string{"key.txt": badWord}
			for i := range 150 {
				files[fmt.Sprint("f", i)] = fmt.Sprint("text ", i)
			}
			s.write(w, files)
			return []string{"HEAD:x"}
		},
		"in a commit message": func(s *stand, w string) []string {
			s.git(w, "commit", "-q", "--allow-empty", "-m", "use "+badWord)
			return []string{"HEAD:x"}
		},
		"in an author": func(s *stand, w string) []string {
			s.git(w, "-c", "author.name="+badWord, "commit", "-q", "--allow-empty", "-m", "x", "--author", badWord+" <a@b>")
			return []string{"HEAD:x"}
		},
		"in a tag": func(s *stand, w string) []string {
			s.git(w, "tag", "-a", "v1", "-m", badWord)
			return []string{"v1"}
		},
		"in a tag of a file": func(s *stand, w string) []string {
			must(s.t, os.WriteFile(filepath.Join(w, "k"), []byte(badWord), 0o600))
			s.git(w, "tag", "v2", s.git(w, "hash-object", "-w", "k"))
			return []string{"v2"}
		},
		"in a note": func(s *stand, w string) []string {
			s.git(w, "notes", "add", "-m", badWord)
			return []string{"refs/notes/commits"}
		},
		"on the second branch": func(s *stand, w string) []string {
			s.write(w, map[string]string{"fine": "fine"})
			s.git(w, "branch", "fine")
			s.write(w, map[string]string{"key.txt": badWord})
			return []string{"fine", "HEAD:x"}
		},
		"in a merged branch": func(s *stand, w string) []string {
			s.git(w, "checkout", "-q", "-b", "side")
			s.write(w, map[string]string{"key.txt": badWord})
			s.git(w, "rm", "-q", "key.txt")
			s.git(w, "commit", "-qm", "gone")
			s.git(w, "checkout", "-q", "main")
			s.write(w, map[string]string{"fine": "fine"})
			s.git(w, "merge", "-q", "--no-ff", "-m", "join", "side")
			return []string{"HEAD:x"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			w := s.clone()
			before, count := s.fingerprint(), s.git(s.repo(), "count-objects", "-v")
			refs := hide(s, w)
			out := s.refused(w, append([]string{"push", "origin"}, refs...), "remote: A key is in", "please.")
			if strings.Contains(out, "\x1b[31m") {
				t.Error("control characters reach the maker's terminal")
			}
			if after := s.fingerprint(); after != before {
				t.Fatalf("before:\n%s\nafter:\n%s", before, after)
			}
			if after := s.git(s.repo(), "count-objects", "-v"); after != count {
				t.Fatalf("before:\n%s\nafter:\n%s", count, after)
			}
			if s.keeper.told != 0 {
				t.Error("a refused push was told as kept")
			}
			if strings.Contains(s.log.String(), badWord) {
				t.Error("the key is in the log")
			}
		})
	}
}

// A push brings many files quickly, and a large one by chunks.
func TestLargePushes(t *testing.T) {
	s := newStand(t)
	w := s.clone()
	rnd := rand.NewChaCha8([32]byte{1})
	files := map[string]string{}
	for i := range 200 {
		b := make([]byte, 4096)
		_, _ = rnd.Read(b)
		files[fmt.Sprintf("f%03d", i)] = string(b)
	}
	s.write(w, files)
	start := time.Now()
	s.git(w, "push", "--quiet", "origin", "HEAD:many")
	took := time.Since(start)
	t.Logf("200 files in %v", took)
	if took > 5*time.Second { // the aim is 500 ms on a quiet machine
		t.Errorf("200 files took %v", took)
	}
	if len(s.keeper.seen) != 202 {
		t.Errorf("the gatekeeper saw %d things", len(s.keeper.seen))
	}
	big := make([]byte, 6<<20)
	_, _ = rnd.Read(big)
	s.write(w, map[string]string{"big": string(big)})
	s.git(w, "push", "--quiet", "origin", "HEAD:big")
	if s.keeper.seen["big"] != string(big) {
		t.Error("the gatekeeper did not see the large file")
	}
	shallow := s.clone("--depth=1", "--branch=big")
	if n := s.git(shallow, "rev-list", "--count", "HEAD"); n != "1" {
		t.Errorf("a shallow clone has %s commits", n)
	}
	old := s.clone("-c", "protocol.version=0")
	if _, err := os.Stat(filepath.Join(old, "README")); err != nil {
		t.Error(err)
	}
}

func TestTooLargePushIsRefusedInWords(t *testing.T) {
	for name, max := range map[string]int64{"git counts": 1 << 20, "the door counts": -(7 << 20)} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t, func(o *Options, fo *local.Options) {
				o.MaxPush = max
				fo.Limits.PushBytes = 1 << 20
			})
			w := s.clone()
			before := s.fingerprint()
			big := make([]byte, 5<<20)
			_, _ = rand.NewChaCha8([32]byte{2}).Read(big)
			s.write(w, map[string]string{"big": string(big)})
			out := s.refused(w, []string{"push", "origin", "HEAD:x"})
			if max > 0 && !strings.Contains(out, "pack exceeds maximum allowed size") {
				t.Errorf("says:\n%s", out)
			}
			if after := s.fingerprint(); after != before {
				t.Fatalf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// Whatever fails on the way to an answer refuses the push.
func TestUnjudgedPushesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*stand)
		says  string
	}{
		"hook server is down":   {func(s *stand) { must(s.t, s.hooks.Close()) }, notJudged},
		"gatekeeper fails":      {func(s *stand) { s.keeper.err = os.ErrDeadlineExceeded }, notJudged},
		"gatekeeper explains":   {func(s *stand) { s.keeper.err = core.Errorf(core.Unavailable, "The rules are being loaded.") }, "remote: Your push was not accepted. The rules are being loaded."},
		"gatekeeper panics":     {func(s *stand) { s.keeper.hold = func(context.Context) { panic("oh") } }, notJudged},
		"server stops meantime": {func(s *stand) { s.keeper.hold = func(context.Context) { go s.hooks.Close(); <-s.hooks.ctx.Done() } }, "remote: Your push was not accepted"},
		"socket is gone":        {func(s *stand) { must(s.t, os.Remove(s.hooks.o.Socket)) }, notJudged},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			w := s.clone()
			before := s.fingerprint()
			s.write(w, map[string]string{"a": "a"})
			c.spoil(s)
			s.refused(w, []string{"push", "origin", "HEAD:x"}, c.says)
			if after := s.fingerprint(); after != before {
				t.Fatalf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// A maker who breaks off leaves no git process and no object behind.
func TestClientGoesAway(t *testing.T) {
	s := newStand(t)
	w := s.clone()
	before := s.fingerprint()
	s.write(w, map[string]string{"a": badWord})
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	s.keeper.hold = func(judging context.Context) {
		cancel() // kills the client while its push is judged
		<-judging.Done()
		close(gone)
	}
	cmd := gitCommand(ctx, w, "push", "origin", "HEAD:x")
	cmd.Cancel = func() error { return killTree(cmd.Process) }
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Run(); err == nil {
		t.Fatal("the push went through")
	}
	select {
	case <-gone:
	case <-time.After(20 * time.Second):
		t.Fatal("the judging did not end with the client")
	}
	s.srv.Close() // waits for the handlers
	if after := s.fingerprint(); after != before {
		t.Fatalf("before:\n%s\nafter:\n%s", before, after)
	}
}
