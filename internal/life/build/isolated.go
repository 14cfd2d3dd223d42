package build

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/confined"
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
	var last ask
	end, err := confined.Talk(ctx, b.Command, func(in io.Writer, out io.Reader) (err error) {
		last, err = converse(newTree(fsys, limits), in, out, order{Provided: b.Provided, Limits: limits})
		return err
	})
	if err != nil {
		return nil, core.Hidden("Bundling the app", err)
	}
	switch {
	case end.Talk == nil && last.Error != nil:
		return nil, last.Error.Open()
	case end.Talk == nil && int64(len(last.Code)) <= limits.Bundle:
		return last.Code, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, tooLong(ctx.Err())
	default:
		return nil, (&core.Error{Code: core.Blocked, Msg: "The app's code is nested too deeply, or too large to be built.",
			Err: end.Err()}).
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
	Read  string          `json:"read,omitempty"`
	Done  bool            `json:"done,omitempty"`
	Code  []byte          `json:"code,omitempty"`
	Error *confined.Fault `json:"error,omitempty"`
}

// answer is a file for the child.
type answer struct {
	OK    bool            `json:"ok"`
	Text  []byte          `json:"text,omitempty"`
	Error *confined.Fault `json:"error,omitempty"`
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
		if err := enc.Encode(answer{OK: ok, Text: text, Error: confined.Close(err)}); err != nil {
			return last, err
		}
	}
}
