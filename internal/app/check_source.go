package app

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/history"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
)

// checkSource is what `paddock check` was asked to look at.
type checkSource struct {
	files   fs.FS
	name    string // of the folder, for an app that does not say its own
	root    string // the folder on the disk; "" for a commit
	commit  string
	scope   core.Scope
	leave   []string
	changed []string
	base    fs.FS // the left side of A..B
	history func(ctx context.Context, scanner *secrets.Scanner) (findings.Result, error)
	untold  []string
}

// source finds out whether a target is a folder, a commit or two, and opens it.
// A folder wins over a branch of the same name. Errors: Unreadable, NotFound.
func source(ctx context.Context, o cli.CheckOptions) (s checkSource, err error) {
	dir := o.Target
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(o.Dir, dir)
	}
	info, staterr := os.Stat(dir)
	if staterr == nil && !info.IsDir() {
		return s, core.Errorf(core.Unreadable, "%q is a file.", o.Target).Hinted("Name the folder of an app, or a commit.")
	}
	if staterr == nil {
		return someFolder(ctx, o, dir)
	}
	w, err := history.Open(o.Dir)
	if err != nil {
		return s, core.Errorf(core.Unreadable, "%q cannot be read: there is no such folder.", o.Target).Hinted("Name the folder of an app, or, inside of a git repository, a commit.")
	}
	defer w.Close()
	return commits(ctx, o, w)
}

// someFolder opens somebody's folder, as it is or as it is staged.
func someFolder(ctx context.Context, o cli.CheckOptions, dir string) (s checkSource, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return s, core.Hidden("Finding the folder", err)
	}
	s = checkSource{files: os.DirFS(abs), name: filepath.Base(abs), root: abs, scope: core.Scope{Subject: core.SubjectFolder}}
	w, err := history.Open(abs)
	if err != nil {
		if core.CodeOf(err) != core.NotFound {
			s.untold = append(s.untold, "the git repository of the folder cannot be read")
		}
		if o.Staged || o.History || o.Since != "" {
			return s, core.Errorf(core.Unreadable, "%q is in no git repository.", o.Target).Hinted("Leave --staged, --history and --since out.")
		}
		return s, nil
	}
	defer w.Close()
	if id, err := w.Resolve(ctx, "HEAD"); err == nil {
		s.commit = id
	}
	s.scope.Shallow = w.Shallow()
	at := cmp.Or(w.Top(), abs)
	switch {
	case o.Staged:
		return staged(ctx, s, w, at)
	case w.Top() == "":
		return s, core.Errorf(core.Unreadable, "%q is a git repository without a folder of files.", o.Target).Hinted("Go there, and name a commit: paddock check HEAD")
	case o.History:
		s.history = past(at, history.Range{All: true})
	}
	state, err := w.State(ctx)
	if err != nil {
		s.untold = append(s.untold, "git cannot say how the folder differs from its commit")
	}
	s.leave = state.Ignored
	if s.commit != "" {
		s.scope.Unsaved = state.Unsaved
	}
	if o.Since != "" {
		if s.scope.Since, err = w.Resolve(ctx, o.Since); err == nil {
			s.changed, err = w.Changed(ctx, s.scope.Since)
		}
	}
	return s, err
}

func staged(ctx context.Context, s checkSource, w *history.Work, at string) (checkSource, error) {
	var err error
	s.scope.Subject, s.root = core.SubjectIndex, ""
	s.files, err = w.Index(ctx)
	s.history = func(ctx context.Context, scanner *secrets.Scanner) (findings.Result, error) {
		return history.Staged(ctx, at, scanner)
	}
	return s, err
}

func past(dir string, which history.Range) func(context.Context, *secrets.Scanner) (findings.Result, error) {
	return func(ctx context.Context, scanner *secrets.Scanner) (findings.Result, error) {
		return history.Scan(ctx, dir, scanner, which)
	}
}

// commits opens a commit, or two as A..B, of the repository that the working
// directory is in. The right side is what is checked.
func commits(ctx context.Context, o cli.CheckOptions, w *history.Work) (s checkSource, err error) {
	if o.Staged || o.Since != "" {
		return s, core.Errorf(core.Invalid, "--staged and --since are for a folder, and %q is a commit.", o.Target).Hinted("Use A..B for what is new between two commits.")
	}
	from, to, both := strings.Cut(o.Target, "..")
	if strings.HasPrefix(to, ".") {
		return s, core.Errorf(core.Invalid, "%q has three dots.", o.Target).Hinted("Write it with two: %s..%s", from, strings.TrimLeft(to, "."))
	}
	if !both {
		from, to = "", from
	}
	at := cmp.Or(w.Top(), o.Dir)
	s = checkSource{name: filepath.Base(at), scope: core.Scope{Subject: core.SubjectCommit, Shallow: w.Shallow()}}
	if s.commit, err = w.Resolve(ctx, cmp.Or(to, "HEAD")); err != nil {
		if !both {
			return s, core.Errorf(core.NotFound, "%q is neither a folder nor a commit.", o.Target).Hinted("Name the folder of an app, or a branch, a tag or a commit of this repository.")
		}
		return s, err
	}
	if s.files, err = w.Tree(ctx, s.commit); err != nil {
		return s, err
	}
	switch {
	case both:
		if s.scope.Against, err = w.Resolve(ctx, cmp.Or(from, "HEAD")); err != nil {
			return s, err
		}
		s.base, err = w.Tree(ctx, s.scope.Against)
		s.history = past(at, history.Range{From: s.scope.Against, To: s.commit})
	case o.History:
		s.history = past(at, history.Range{To: s.commit})
	}
	return s, err
}

// into puts what was opened into what the checks are given.
func (s checkSource) into(in *check.Input) {
	in.Commit, in.Files, in.Base, in.Scope, in.History, in.Untold = s.commit, s.files, s.base, s.scope, s.history, s.untold
	in.Leave, in.Changed = slices.Clone(s.leave), s.changed
}
