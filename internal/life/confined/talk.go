package confined

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Ended is how a process ended.
type Ended struct {
	Talk error         // of the conversation; nil if it came to its end
	Exit error         // of the process
	Said string        // the beginning of its standard error; never for people
	CPU  time.Duration // that it used
}

// Err joins all there is to know, for a log.
func (e Ended) Err() error { return errors.Join(e.Talk, e.Exit, errors.New(e.Said)) }

// Talk starts a process, talks to it through its standard input and output, and
// waits for its end. One whose conversation fails is killed. It is given no
// environment unless cmd sets one. An error means that it could not be started.
func Talk(ctx context.Context, command func(context.Context) *exec.Cmd, talk func(in io.Writer, out io.Reader) error) (Ended, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := command(ctx)
	cmd.Dir, cmd.WaitDelay = "/", time.Second
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	said := &head{left: 4 << 10}
	cmd.Stderr = said
	in, err := cmd.StdinPipe()
	if err != nil {
		return Ended{}, core.Hidden("Starting a confined process", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return Ended{}, core.Hidden("Starting a confined process", err)
	}
	if err := cmd.Start(); err != nil {
		return Ended{}, core.Hidden("Starting a confined process", err)
	}
	end := Ended{Talk: talk(in, out)}
	_ = in.Close()
	if end.Talk != nil {
		cancel() // it makes no sense any more
	}
	end.Exit = cmd.Wait()
	end.Said = said.String()
	if s := cmd.ProcessState; s != nil {
		end.CPU = s.UserTime() + s.SystemTime()
	}
	return end, nil
}

// head keeps the first bytes that are written to it.
type head struct {
	bytes.Buffer
	left int
}

// Write keeps what fits and says that it took all.
func (h *head) Write(b []byte) (int, error) {
	keep := b[:min(len(b), h.left)]
	h.left -= len(keep)
	h.Buffer.Write(keep)
	return len(b), nil
}
