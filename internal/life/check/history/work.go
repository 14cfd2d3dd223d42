package history

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Work is a repository that a program looks at: its commits, its index, and the
// state of its work tree. Nothing in it runs a program or writes a file. Close
// it after use.
type Work struct {
	repo *repository
	top  string // of the work tree; "" for a bare repository
	dir  string // the folder that was named
}

// Open finds the repository that a folder is in. An error of code NotFound means
// that there is none. The caller closes it.
func Open(dir string) (*Work, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, core.Hidden("Finding the repository", err)
	}
	abs = real(abs)
	for top := abs; ; top = filepath.Dir(top) {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil {
			r, err := borrow(top)
			if err != nil {
				return nil, err
			}
			return &Work{r, top, abs}, nil
		}
		if top == filepath.Dir(top) {
			break
		}
	}
	if _, err := os.Lstat(filepath.Join(abs, "objects")); err == nil {
		if r, err := borrow(abs); err == nil {
			return &Work{r, "", abs}, nil
		}
	}
	return nil, core.Errorf(core.NotFound, "%q is in no git repository.", dir)
}

func real(dir string) string {
	if to, err := filepath.EvalSymlinks(dir); err == nil {
		return to
	}
	return dir
}

// Close removes what Open made.
func (w *Work) Close() { w.repo.close() }

// Top is the folder of the whole work tree; "" for a bare repository.
func (w *Work) Top() string { return w.top }

// Shallow reports whether the history begins in the middle.
func (w *Work) Shallow() bool { return w.repo.shallow }

// Resolve returns the id of a commit. Errors: NotFound.
func (w *Work) Resolve(ctx context.Context, rev string) (string, error) {
	return w.repo.resolve(ctx, rev)
}

// State is how a folder of the work tree differs from the commit it is on.
type State struct {
	Unsaved int      // files that are changed, added or gone
	Ignored []string // folders that git ignores, below the folder, slash-separated
}

// State looks at the folder that was opened. Folders that git ignores are found
// by .gitignore files only, not by the settings of a person.
func (w *Work) State(ctx context.Context) (State, error) {
	var s State
	out, err := w.status(ctx, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching", "--ignore-submodules=all")
	if err != nil {
		return s, err
	}
	for rec := range strings.SplitSeq(out, "\x00") {
		if len(rec) < 4 {
			continue
		}
		name, inside := w.below(rec[3:])
		switch {
		case !inside:
		case rec[:2] != "!!":
			s.Unsaved++
		case strings.HasSuffix(name, "/"):
			s.Ignored = append(s.Ignored, strings.TrimSuffix(name, "/"))
		}
	}
	slices.Sort(s.Ignored)
	return s, nil
}

// Changed lists the files below the folder that differ from a commit, and those
// that git does not know.
func (w *Work) Changed(ctx context.Context, since string) ([]string, error) {
	a, err := w.status(ctx, "diff-index", "--name-only", "-z", "--no-renames", "--ignore-submodules=all", since, "--")
	if err != nil {
		return nil, err
	}
	b, err := w.status(ctx, "ls-files", "--others", "-z", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	var out []string
	for rec := range strings.SplitSeq(a+b, "\x00") {
		if name, inside := w.below(rec); inside && rec != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// below turns a path from the top into one from the folder.
func (w *Work) below(name string) (string, bool) {
	prefix, err := filepath.Rel(w.top, w.dir)
	if err != nil || prefix == "." {
		return name, err == nil
	}
	return strings.CutPrefix(name, filepath.ToSlash(prefix)+"/")
}

// maxListing bounds what git says about the work tree, in bytes.
const maxListing = 64 << 20

// status runs a command that looks at the work tree.
func (w *Work) status(ctx context.Context, args ...string) (string, error) {
	if w.top == "" {
		return "", core.Errorf(core.Unreadable, "This repository has no work tree.")
	}
	var b bytes.Buffer
	err := w.repo.run(ctx, nil, func(out io.Reader) error {
		n, err := io.Copy(&b, io.LimitReader(out, maxListing+1))
		if err == nil && n > maxListing {
			err = errors.New("it says too much")
		}
		return err
	}, append([]string{"-c", "core.bare=false", "--work-tree=" + w.top}, args...)...)
	if err != nil {
		return "", &core.Error{Code: core.Unreadable, Msg: "Git cannot compare the folder with its commit: " + err.Error() + ".", Hint: "Look with: git status", Err: err}
	}
	return b.String(), nil
}

// modes of a tree that are read.
func fileMode(mode string) (fs.FileMode, bool) {
	switch mode {
	case "100644", "100664":
		return 0o444, true
	case "100755":
		return 0o555, true
	case "120000":
		return fs.ModeSymlink | 0o444, true
	case "160000":
		return fs.ModeIrregular, true
	}
	return 0, false
}
