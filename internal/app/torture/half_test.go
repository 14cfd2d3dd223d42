package torture

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// cutter passes connections on to a server, but no more than some bytes of each;
// then it ends both sides.
type cutter struct {
	net.Listener
	to    string
	most  atomic.Int64 // bytes from the client; 0 for all
	mutes atomic.Bool  // the answer never arrives
}

func newCutter(t *testing.T, to string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c := &cutter{Listener: l, to: to}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go c.pass(client)
		}
	}()
	return c
}

// base is the address of the server by way of the cutter.
func (c *cutter) base() string {
	return fmt.Sprintf("http://localhost:%d", c.Addr().(*net.TCPAddr).Port)
}

func (c *cutter) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer server.Close()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if c.mutes.Load() {
			_, _ = server.Read(make([]byte, 1)) // it has answered: the client is gone
			return
		}
		_, _ = io.Copy(client, server)
	}()
	if most := c.most.Load(); most > 0 {
		_, _ = io.CopyN(server, client, most)
		return
	}
	go func() { _, _ = io.Copy(server, client) }()
	<-answered
}

// Requests that end in their middle, and clients that are gone before the
// answer: the act is there in whole or not at all, and the server goes on.
func TestHalfReceivedRequests(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s := newServer(t, dir)
	must(t, s.Start(ctx, ""))
	st, err := settleStaff(ctx, s)
	must(t, err, st.maker.Call(ctx, "POST", "/apps", newApp("tracker"), nil), st.active(ctx, "tracker"))
	address, err := url.Parse(s.Base)
	must(t, err)
	c := newCutter(t, "127.0.0.1:"+address.Port())
	admin := visit.NewPerson(c.base(), st.admin.Email)
	admin.Token = st.admin.Token

	c.most.Store(300) // headers, and the beginning of the body at most
	if err := admin.Call(ctx, "POST", "/people", newPerson(strings.Repeat("a", 60)+"@example.org"), nil); err == nil {
		t.Error("half a request was answered")
	}
	c.most.Store(0)
	c.mutes.Store(true)
	if err := admin.Call(ctx, "POST", "/people", newPerson("whole@example.org"), nil); err == nil {
		t.Error("an answer arrived")
	}
	c.mutes.Store(false)

	tree := visit.Clone{Dir: filepath.Join(t.TempDir(), "tracker"), Who: st.maker}
	must(t, os.MkdirAll(tree.Dir, 0o755))
	_, err = tree.Run(ctx, "clone", "-q", s.Base+"/git/tracker.git", ".")
	must(t, err)
	_, err = tree.Run(ctx, "checkout", "-q", "-b", "improve")
	must(t, err, tree.Write("docs/notes.md", notes()), tree.Commit(ctx, "Write down what we learned"))
	for _, most := range []int64{200, 700, 3000, 12000} {
		c.most.Store(most)
		if out, err := tree.Git(ctx, "push", "-q", c.base()+"/git/tracker.git", "improve"); err == nil {
			t.Errorf("a push of %d bytes passed: %s", most, out)
		}
		out, err := tree.Run(ctx, "ls-remote", s.Base+"/git/tracker.git", "refs/heads/improve")
		must(t, err, visit.Must(out == "", "after %d bytes the branch is there: %s", most, out))
	}
	c.most.Store(0)
	_, err = tree.Run(ctx, "push", "-q", c.base()+"/git/tracker.git", "improve")
	must(t, err, visit.Must(true, ""), s.Stop(ctx))
	out, err := exec.CommandContext(ctx, "git", "-c", "safe.directory=*", "--git-dir", filepath.Join(dir, "git", "repos", "tracker.git"), "fsck", "--strict").CombinedOutput()
	must(t, err, visit.Must(!strings.Contains(string(out), "error"), "git fsck: %s", out))
	fsckReal(t, dir)
	peopleAre(t, dir, "whole@example.org", 1)
	peopleAre(t, dir, strings.Repeat("a", 60)+"@example.org", 0)
}

// notes are long, and do not get much shorter by compression.
func notes() string {
	r := rand.New(rand.NewPCG(1, 1))
	var b strings.Builder
	for range 6000 {
		fmt.Fprintf(&b, "We learned %d things.\n", r.IntN(1_000_000))
	}
	return b.String()
}

// peopleAre demands how often a person is kept, each with one event.
func peopleAre(t *testing.T, dir, email string, want int) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	rev, err := rules(ctx)
	must(t, err)
	w, err := open(ctx, place{Dir: dir}, rev, start, slog.New(slog.DiscardHandler))
	must(t, err)
	n, err := tallyPerson(ctx, w, act{Arg: strings.TrimSuffix(email, "@example.org")})
	must(t, err, w.sound(ctx), w.close())
	if n != want {
		t.Errorf("%s is kept %d times, not %d", email, n, want)
	}
}
