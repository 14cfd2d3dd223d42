package git

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxSocket is the longest path of a unix socket that every system takes.
const maxSocket = 100

// HookOptions are the parts of a HookServer.
type HookOptions struct {
	// Socket is the path of the unix socket, at most 100 bytes. Only the
	// server's own user may reach it.
	Socket string
	Pushes Pushes
	Keeper Gatekeeper
	Log    *slog.Logger
	// Time bounds the judging of one push; default 2 minutes.
	Time time.Duration
	// Rand makes the tokens; nil means crypto/rand.
	Rand io.Reader
}

// HookServer answers the hooks of pushes under way. It is safe for concurrent use.
type HookServer struct {
	tickets
	o      HookOptions
	ctx    context.Context // ends the judging when the server closes
	cancel context.CancelFunc
	once   sync.Once
	ln     net.Listener
	wg     sync.WaitGroup
}

// NewHookServer returns a server that does not listen yet.
func NewHookServer(o HookOptions) *HookServer {
	o.Time = cmp.Or(o.Time, 2*time.Minute)
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &HookServer{o: o, ctx: ctx, cancel: cancel, tickets: tickets{rand: o.Rand, open: map[[32]byte]*ticket{}}}
}

// Start listens and returns. It replaces a socket that a crash left behind and
// fails with Conflict when another server still answers there. Call it once.
func (s *HookServer) Start() error {
	if len(s.o.Socket) > maxSocket {
		return core.Errorf(core.Invalid, "The path of the hook socket is too long: %s", s.o.Socket).Hinted("Use a data folder with a shorter path.")
	}
	if err := s.clearSocket(); err != nil {
		return err
	}
	ln, err := net.Listen("unix", s.o.Socket)
	if err == nil {
		err = os.Chmod(s.o.Socket, 0o600)
	}
	if err != nil {
		return core.Hidden("Listening for hooks", err)
	}
	s.ln = ln
	s.wg.Go(func() { s.accept(ln) })
	return nil
}

// clearSocket makes the folder, for this user only, and removes a dead socket.
func (s *HookServer) clearSocket() error {
	if err := os.MkdirAll(filepath.Dir(s.o.Socket), 0o700); err != nil {
		return core.Hidden("Listening for hooks", err)
	}
	if c, err := net.DialTimeout("unix", s.o.Socket, time.Second); err == nil {
		_ = c.Close()
		return core.Errorf(core.Conflict, "Another server uses the hook socket %s.", s.o.Socket).Hinted("Stop it first.")
	}
	if err := os.Remove(s.o.Socket); err != nil && !os.IsNotExist(err) {
		return core.Hidden("Listening for hooks", err)
	}
	return nil
}

// Close stops listening, refuses what is being judged and waits for it to end.
// It may be called twice, and without Start.
func (s *HookServer) Close() error {
	s.once.Do(func() {
		s.cancel()
		if s.ln != nil {
			_ = s.ln.Close()
		}
	})
	s.wg.Wait()
	return nil
}

func (s *HookServer) accept(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, perhaps: pushes are refused meanwhile
			s.o.Log.Error("the hook socket failed", "error", err)
			select {
			case <-s.ctx.Done():
				return
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		s.wg.Go(func() { s.answer(c) })
	}
}

// answer serves one hook: question in, reply out.
func (s *HookServer) answer(c net.Conn) {
	defer c.Close()
	ctx, cancel := context.WithTimeout(s.ctx, s.o.Time)
	defer cancel()
	_ = c.SetDeadline(time.Now().Add(s.o.Time + 5*time.Second))
	stop := context.AfterFunc(s.ctx, func() { _ = c.SetReadDeadline(time.Now()) })
	defer stop()
	var q question
	if err := readWire(c, &q); err != nil {
		s.o.Log.Warn("a hook asked something unreadable", "error", err)
		return
	}
	go watch(c, cancel)
	r := s.judge(ctx, q)
	r.Lines = cleanLines(r.Lines)
	if err := json.NewEncoder(c).Encode(r); err != nil {
		s.o.Log.Warn("a hook went away before its answer", "error", err)
	}
}

// watch ends the judging when the hook goes away, as it does when the client
// breaks the push off.
func watch(c net.Conn, cancel context.CancelFunc) {
	_, _ = io.Copy(io.Discard, c)
	cancel()
}
