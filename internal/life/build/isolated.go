package build

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Isolated bundles in a process of its own: it may open no file and no socket,
// has bounded memory, stack and time, and asks this process for each file of
// the tree. If it dies, only that build fails.
type Isolated struct {
	// Command returns the command that runs Child, such as this binary with a
	// hidden argument. It is given no environment unless it sets one.
	Command func(ctx context.Context) *exec.Cmd
	// Provided lists modules that the runtime has, such as "cloudflare:workers".
	Provided []string
}

// Bundle bundles tree in a new process.
func (b Isolated) Bundle(ctx context.Context, fsys fs.FS, limits Limits) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limits.Bundling)
	defer cancel()
	cmd := b.Command(ctx)
	cmd.Dir, cmd.WaitDelay = "/", time.Second
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	said := &head{left: 4 << 10}
	cmd.Stderr = said
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, core.Hidden("Bundling the app", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, core.Hidden("Bundling the app", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, core.Hidden("Bundling the app", err)
	}
	last, talk := converse(newTree(fsys, limits), in, out, order{Provided: b.Provided, Limits: limits})
	_ = in.Close()
	if talk != nil {
		cancel() // it makes no sense any more
	}
	end := cmd.Wait()
	switch {
	case talk == nil && last.Error != nil:
		return nil, last.Error.open()
	case talk == nil && int64(len(last.Code)) <= limits.Bundle:
		return last.Code, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, tooLong(ctx.Err())
	default:
		return nil, (&core.Error{Code: core.Blocked, Msg: "The app's code is nested too deeply, or too large to be built.",
			Err: errors.Join(talk, end, errors.New(said.String()))}).
			Hinted("Look for very long expressions or lists in the code, and split them.")
	}
}

// order is what the child is told first.
type order struct {
	Provided []string `json:"provided"`
	Limits   Limits   `json:"limits"`
}

// ask is what the child says: which file it needs, or that it is done.
type ask struct {
	Read  string     `json:"read,omitempty"`
	Done  bool       `json:"done,omitempty"`
	Code  []byte     `json:"code,omitempty"`
	Error *wireError `json:"error,omitempty"`
}

// answer is a file for the child.
type answer struct {
	OK    bool       `json:"ok"`
	Text  []byte     `json:"text,omitempty"`
	Error *wireError `json:"error,omitempty"`
}

// converse answers the child until it is done.
func converse(src sources, in io.Writer, out io.Reader, o order) (last ask, err error) {
	enc := json.NewEncoder(in)
	dec := json.NewDecoder(io.LimitReader(out, 2*o.Limits.Bundle+16<<20))
	if err := enc.Encode(o); err != nil {
		return last, err
	}
	for {
		var a ask
		if err := dec.Decode(&a); err != nil || a.Done {
			return a, err
		}
		text, ok, err := src.read(a.Read)
		if err := enc.Encode(answer{OK: ok, Text: text, Error: closeError(err)}); err != nil {
			return last, err
		}
	}
}

// wireError is a core.Error between the two processes.
type wireError struct {
	Code     core.Code    `json:"code"`
	Msg      string       `json:"msg"`
	Hint     string       `json:"hint"`
	Field    string       `json:"field"`
	Problems []*wireError `json:"problems,omitempty"`
}

func closeError(err error) *wireError {
	if err == nil {
		return nil
	}
	e := core.AsError(err)
	w := &wireError{Code: e.Code, Msg: e.Msg, Hint: e.Hint, Field: e.Field}
	for _, p := range e.Problems {
		w.Problems = append(w.Problems, closeError(p))
	}
	return w
}

func (w *wireError) open() *core.Error {
	e := &core.Error{Code: w.Code, Msg: w.Msg, Hint: w.Hint, Field: w.Field}
	for _, p := range w.Problems {
		e.Problems = append(e.Problems, p.open())
	}
	return e
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
