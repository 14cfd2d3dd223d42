package local

import (
	"context"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

// Reader reads the repositories below a folder, or a copy of one, and writes
// nothing there. A server may use the folder meanwhile.
type Reader struct{ f *Forge }

// OpenReader opens the folder of the repositories. Errors: NotFound when it is
// not there, Unavailable when git is missing.
func OpenReader(root string, limits Limits) (*Reader, error) {
	git, err := findGit("")
	if err != nil {
		return nil, err
	}
	root, err = filepath.EvalSymlinks(root)
	if err == nil {
		root, err = filepath.Abs(root)
	}
	if err != nil {
		return nil, &core.Error{Code: core.NotFound, Msg: "The folder of the repositories is not there.", Err: err}
	}
	return &Reader{&Forge{root: root, git: git, log: slog.New(slog.DiscardHandler), limits: limits.filled(), hooks: hooks{dir: "/nonexistent"},
		locks: map[string]*sync.Mutex{}, pushing: map[string]int{}}}, nil
}

// Tree is Forge.Tree.
func (r *Reader) Tree(ctx context.Context, name, commit string) (fs.FS, error) {
	return r.f.Tree(ctx, name, commit)
}

// History lists the commits that changed one of the paths, newest first, also
// those that no branch leads to any more. Errors: NotFound without a repository.
func (r *Reader) History(ctx context.Context, name string, paths ...string) ([]string, error) {
	dir, err := r.f.open(name)
	if err != nil {
		return nil, err
	}
	args := append([]string{"rev-list", "--all", "--reflog", "--date-order", "--full-history", "--"}, paths...)
	out, err := r.f.run(ctx, call{dir: dir, args: args})
	return strings.Fields(string(out)), fault("Listing the revisions of "+name, err)
}
