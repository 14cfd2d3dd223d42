package git

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// askServer puts one question to the stand's hook server.
func (s *stand) askServer(q question) (reply, error) {
	c, err := net.Dial("unix", s.hooks.o.Socket)
	if err != nil {
		return reply{}, err
	}
	defer c.Close()
	if err := json.NewEncoder(c).Encode(q); err != nil {
		return reply{}, err
	}
	var r reply
	return r, readWire(c, &r)
}

func TestATokenIsGoodForOnePushOnly(t *testing.T) {
	s := newStand(t)
	head, err := s.forge.Head(t.Context(), "app", "main")
	must(t, err)
	up := []core.RefUpdate{{Ref: "refs/heads/x", Old: strings.Repeat("0", 40), New: head}}
	token, done := s.hooks.Expect("app", Caller{})
	ask := func(token, hook string, updates []core.RefUpdate) bool {
		t.Helper()
		r, err := s.askServer(question{Token: token, Hook: hook, Updates: updates})
		must(t, err)
		return !r.Refuse
	}
	for _, step := range []struct {
		what string
		ok   bool
		want bool
	}{
		{"no token", ask("", preReceive, up), false},
		{"foreign token", ask(strings.Repeat("0", 64), preReceive, up), false},
		{"post before pre", ask(token, postReceive, up), false},
		{"unknown hook", ask(token, "update", up), false},
		{"pre", ask(token, preReceive, up), true},
		{"pre again", ask(token, preReceive, up), false},
		{"post", ask(token, postReceive, up), true},
		{"post again", ask(token, postReceive, up), false},
	} {
		if step.ok != step.want {
			t.Errorf("%s: let through %v", step.what, step.ok)
		}
	}
	done()
	ended, done := s.hooks.Expect("app", Caller{})
	done()
	if ask(ended, preReceive, up) {
		t.Error("a token works after its push")
	}
	bad, done := s.hooks.Expect("app", Caller{})
	defer done()
	if ask(bad, preReceive, []core.RefUpdate{{Ref: "--all", Old: head, New: head}}) {
		t.Error("a bad update is let through")
	}
}

func TestHookServerStartsAndStops(t *testing.T) {
	s := newStand(t)
	info, err := os.Stat(s.hooks.o.Socket)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	if err := NewHookServer(s.hooks.o).Start(); core.CodeOf(err) != core.Conflict {
		t.Fatalf("a second server: %v", err)
	}
	for range 2 {
		must(t, s.hooks.Close())
	}
	// A crash leaves the socket's file behind.
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: s.hooks.o.Socket, Net: "unix"})
	must(t, err)
	ln.SetUnlinkOnClose(false)
	must(t, ln.Close())
	again := NewHookServer(s.hooks.o)
	must(t, again.Start())
	must(t, again.Close())
	o := s.hooks.o
	o.Socket = "/tmp/" + strings.Repeat("x", 120)
	if err := NewHookServer(o).Start(); core.CodeOf(err) != core.Invalid {
		t.Fatalf("a long path: %v", err)
	}
	must(t, NewHookServer(o).Close())
}

func TestHookServerOutlivesGarbage(t *testing.T) {
	s := newStand(t)
	for _, text := range []string{"", "{", "null\n", "[]\n", `{"token":1}`, "GET / HTTP/1.1\r\n\r\n", strings.Repeat("[", 1<<20), `{"updates":[` + strings.Repeat(`{},`, 2000) + `{}]}`} {
		c, err := net.Dial("unix", s.hooks.o.Socket)
		must(t, err)
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = io.WriteString(c, text)
		_ = c.(*net.UnixConn).CloseWrite()
		b, _ := io.ReadAll(c)
		if strings.Contains(string(b), `"refuse":false`) {
			t.Errorf("%.40q: %s", text, b)
		}
		_ = c.Close()
	}
	w := s.clone()
	s.write(w, map[string]string{"a": "a"})
	s.git(w, "push", "--quiet", "origin", "HEAD:x")
}

// The hook takes nothing but a clear yes for a yes.
func TestHookRefusesUnclearAnswers(t *testing.T) {
	line := strings.Repeat("0", 40) + " " + strings.Repeat("a", 40) + " refs/heads/x\n"
	for name, c := range map[string]struct {
		answer string
		exit   int
		says   string
	}{
		"yes":          {`{"refuse":false,"lines":["fine"]}`, 0, "fine\n"},
		"no":           {`{"refuse":true,"lines":["bad\u001b[1m\nidea"]}`, 1, "bad?[1m\nidea\n"},
		"empty object": {`{}`, 1, notJudged},
		"null":         {`null`, 1, notJudged},
		"nothing":      {``, 1, notJudged},
		"half":         {`{"refuse":fal`, 1, notJudged},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "hook")
			must(t, err)
			defer os.RemoveAll(dir)
			ln, err := net.Listen("unix", dir+"/s")
			must(t, err)
			defer ln.Close()
			go func() {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				var q question
				_ = readWire(conn, &q)
				_, _ = io.WriteString(conn, c.answer)
				_ = conn.Close()
			}()
			t.Setenv("PADDOCK_HOOK_SOCKET", dir+"/s")
			var out bytes.Buffer
			exit := RunHook(t.Context(), []string{preReceive}, strings.NewReader(line), io.Discard, &out)
			if exit != c.exit || !strings.Contains(out.String(), c.says) {
				t.Fatalf("exit %d, says %q", exit, out.String())
			}
		})
	}
	for _, args := range [][]string{nil, {"update"}, {preReceive, "x"}} {
		if RunHook(t.Context(), args, strings.NewReader(line), io.Discard, io.Discard) != 1 {
			t.Errorf("%v is let through", args)
		}
	}
	for _, in := range []string{"", "x", "a b c\n", line + "junk\n", strings.Replace(line, "refs/", "-refs/", 1)} {
		if RunHook(t.Context(), []string{preReceive}, strings.NewReader(in), io.Discard, io.Discard) != 1 {
			t.Errorf("%q is let through", in)
		}
	}
}

func FuzzParseUpdates(f *testing.F) {
	id := strings.Repeat("a", 40)
	f.Add(id + " " + id + " refs/heads/x\n")
	f.Add(id + " " + id + " refs/heads/x y\n")
	f.Add(id + "\t" + id + " refs/\n\n")
	f.Fuzz(func(t *testing.T, in string) {
		all, err := parseUpdates(strings.NewReader(in))
		if err == nil && len(all) == 0 {
			t.Fatal("no update and no error")
		}
		for _, u := range all {
			if !strings.HasPrefix(u.Ref, "refs/") || strings.ContainsAny(u.Ref, " \n\x00") || len(u.New) != 40 {
				t.Fatalf("%+v", u)
			}
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b]0;x\x07 \u202e bad \xff\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, line := range cleanLines([]string{s}) {
			if strings.ContainsAny(line, "\x1b\r\n\x00\u202e") || len([]rune(line)) > maxLine {
				t.Fatalf("%q", line)
			}
		}
	})
}
