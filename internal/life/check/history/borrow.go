package history

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// repository is a git folder of ours that borrows the objects and refs of
// another. Git reads no settings, hooks, attributes, grafts or replacements of
// the other one, because it does not see them.
type repository struct {
	dir     string // ours, temporary
	objects string // theirs
	index   string // theirs; may not exist
	shallow bool   // their history is cut short
}

// borrow makes the folder. Close it after use.
func borrow(dir string) (*repository, error) {
	private, common, err := gitFolders(dir)
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "%q is not a git repository: %w", dir, err).Hinted("Name a folder with a git repository, or check it without its history.")
	}
	tmp, err := os.MkdirTemp("", "paddock-history-")
	if err != nil {
		return nil, core.Hidden("Making a temporary folder", err)
	}
	r := &repository{dir: tmp, objects: filepath.Join(common, "objects"), index: filepath.Join(private, "index")}
	if err := r.fill(private, common); err != nil {
		r.close()
		return nil, core.Errorf(core.Unreadable, "The git repository of %q cannot be read: %w", dir, err).Hinted("Check that you may read its .git folder.")
	}
	return r, nil
}

func (r *repository) close() { _ = os.RemoveAll(r.dir) }

// gitFolders finds the git folder of a work tree, a bare repository, or a
// linked work tree, and the one that holds objects and refs.
func gitFolders(dir string) (private, common string, err error) {
	private = filepath.Join(dir, ".git")
	info, err := os.Stat(private)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		private = dir
	case err != nil:
		return "", "", err
	case !info.IsDir():
		line, err := firstLine(private)
		to, ok := strings.CutPrefix(line, "gitdir: ")
		if err != nil || !ok {
			return "", "", errors.New("its .git file names no folder")
		}
		private = beside(dir, to)
	}
	common = private
	if to, err := firstLine(filepath.Join(private, "commondir")); err == nil {
		common = beside(private, to)
	}
	if info, err := os.Stat(filepath.Join(common, "objects")); err != nil || !info.IsDir() {
		return "", "", errors.New("it has no objects")
	}
	private, err = filepath.Abs(private)
	if err == nil {
		common, err = filepath.Abs(common)
	}
	return private, common, err
}

func beside(dir, to string) string {
	if filepath.IsAbs(to) {
		return to
	}
	return filepath.Join(dir, to)
}

func firstLine(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > 1<<20 {
		return "", errors.New(filepath.Base(name) + " is not a small file")
	}
	b, err := os.ReadFile(name)
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(line), err
}

var sha256Format = regexp.MustCompile(`(?im)^\s*objectformat\s*=\s*"?sha256`)

// fill makes what git needs to see a repository: HEAD, settings of our own, the
// refs, and the mark of a shallow clone.
func (r *repository) fill(private, common string) error {
	head, err := firstLine(filepath.Join(private, "HEAD"))
	if err != nil {
		return err
	}
	settings := "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
	if theirs, err := os.ReadFile(filepath.Join(common, "config")); err == nil && sha256Format.Match(theirs) {
		settings += "[extensions]\n\tobjectformat = sha256\n"
	}
	for name, text := range map[string]string{"HEAD": head + "\n", "config": settings} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, name := range []string{"refs", "packed-refs", "shallow"} {
		from := filepath.Join(common, name)
		if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		if err := os.Symlink(from, filepath.Join(r.dir, name)); err != nil {
			return err
		}
		r.shallow = r.shallow || name == "shallow"
	}
	return nil
}
