package build

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

// sources gives the bundler an app's files.
type sources interface {
	// read returns the text of the file at a clean, slash-separated path. ok is
	// false when there is no file there. An error ends the build.
	read(path string) (text []byte, ok bool, err error)
}

// tree reads source files from an fs.FS: plain files only, no links on the way,
// within the limits. Files are kept, since the bundler asks more than once.
type tree struct {
	fsys   fs.FS
	limits Limits

	mu    sync.Mutex
	files map[string][]byte
	total int64
}

func newTree(fsys fs.FS, limits Limits) *tree {
	return &tree{fsys: fsys, limits: limits, files: map[string][]byte{}}
}

func (t *tree) read(path string) ([]byte, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if text, ok := t.files[path]; ok {
		return text, true, nil
	}
	ok, err := isFile(t.fsys, path)
	if err != nil || !ok {
		return nil, false, err
	}
	text, err := readBounded(t.fsys, path, t.limits.SourceFile)
	if err != nil {
		return nil, false, err
	}
	t.total += int64(len(text))
	switch {
	case len(t.files) >= t.limits.SourceFiles:
		return nil, false, core.Errorf(core.TooLarge, "The app imports more than %d files.", t.limits.SourceFiles).
			Hinted("Import fewer files, or split the app.")
	case t.total > t.limits.SourceTotal:
		return nil, false, core.Errorf(core.TooLarge, "The imported files have more than %d bytes together.", t.limits.SourceTotal).
			Hinted("Import less code. Put data and pictures into the public folder.")
	}
	t.files[path] = text
	return text, true, nil
}

// isFile reports whether a plain file stands at path. A link anywhere on the
// way is refused: it could lead out of the repository.
func isFile(fsys fs.FS, path string) (bool, error) {
	if !fs.ValidPath(path) || len(path) > maxPath {
		return false, nil
	}
	for end := 0; end < len(path); {
		if i := strings.IndexByte(path[end+1:], '/'); i >= 0 {
			end += 1 + i
		} else {
			end = len(path)
		}
		part := path[:end]
		info, err := fs.Lstat(fsys, part)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
			return false, nil
		case err != nil:
			return false, (&core.Error{Code: core.Unreadable, Msg: "The file " + part + " cannot be read.", Err: err}).At(part)
		case info.Mode()&fs.ModeSymlink != 0:
			return false, linkRefused(part)
		case end == len(path):
			return info.Mode().IsRegular(), nil
		case !info.IsDir():
			return false, nil
		}
	}
	return false, nil
}

func linkRefused(path string) *core.Error {
	return core.Errorf(core.Blocked, "%s is a link to another file. A build uses real files only.", path).
		Hinted("Replace the link with a copy of the file.").At(path)
}

// readBounded reads a plain file of at most limit bytes.
func readBounded(fsys fs.FS, path string, limit int64) ([]byte, error) {
	f, err := fsys.Open(path)
	if err == nil {
		defer f.Close()
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(f, limit+1)); err == nil && int64(len(text)) <= limit {
			return text, nil
		}
	}
	if err != nil {
		return nil, (&core.Error{Code: core.Unreadable, Msg: "The file " + path + " cannot be read.", Err: err}).At(path)
	}
	return nil, core.Errorf(core.TooLarge, "%s has more than %d bytes.", path, limit).
		Hinted("Make the file smaller, or remove it.").At(path)
}
