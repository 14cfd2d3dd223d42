package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/paddock-dev/paddock/internal/core"
)

// unfinished is what a copy is called until it is whole.
const unfinished = ".unfinished"

// stage is the folder beside its place in which a copy grows. One process has
// it at a time, and what a killed one left is thrown away.
type stage struct {
	dir  string
	lock *os.File
}

// newStage makes the stage for a place, which must not be there yet, or be an
// empty folder.
func newStage(place string) (*stage, error) {
	if err := vacant(place); err != nil {
		return nil, err
	}
	s := &stage{dir: place + unfinished}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fileFault("Making the folder "+s.dir, err)
	}
	var err error
	if s.lock, err = os.OpenFile(filepath.Join(s.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fileFault("Making the folder "+s.dir, err)
	}
	if err := syscall.Flock(int(s.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		s.lock.Close()
		return nil, core.Errorf(core.Conflict, "Somebody else is writing to %q.", s.dir).Hinted("Wait until that has ended, or choose another place.")
	}
	left, err := os.ReadDir(s.dir)
	for _, e := range left {
		if e.Name() != "lock" && err == nil {
			err = os.RemoveAll(s.path(e.Name()))
		}
	}
	if err == nil {
		err = os.Mkdir(s.path("data"), 0o700)
	}
	if err != nil {
		return nil, errors.Join(fileFault("Removing what a stopped copy left", err), s.close())
	}
	return s, nil
}

// vacant refuses a place where something is.
func vacant(place string) error {
	entries, err := os.ReadDir(place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err == nil && len(entries) == 0 && !isArchive(place):
		return nil
	case err != nil && !errors.Is(err, syscall.ENOTDIR):
		return fileFault("Looking at "+place, err)
	default:
		return core.Errorf(core.Conflict, "%q is there already, and nothing is ever overwritten.", place).Hinted("Choose a new name, or move it away first.")
	}
	if info, err := os.Stat(filepath.Dir(place)); err != nil || !info.IsDir() {
		return core.Errorf(core.NotFound, "The folder %q is not there.", filepath.Dir(place)).Hinted("Make it first.")
	}
	return nil
}

func (s *stage) path(p ...string) string { return filepath.Join(append([]string{s.dir}, p...)...) }

// place makes what lies at part last, and moves it to its place in one step.
func (s *stage) place(part, place string) error {
	d, err := os.Open(s.dir)
	if err != nil {
		return fileFault("Making the copy last", err)
	}
	defer d.Close()
	if err := unix.Syncfs(int(d.Fd())); err != nil {
		return fileFault("Making the copy last", err)
	}
	// An empty folder gives way to the rename, a file or a full folder does not.
	if err := os.Rename(s.path(part), place); err != nil {
		return fileFault("Moving the copy into place", err)
	}
	parent, err := os.Open(filepath.Dir(place))
	if err != nil {
		return fileFault("Making the copy last", err)
	}
	defer parent.Close()
	return fileFault("Making the copy last", parent.Sync())
}

// close removes the stage and what is left in it.
func (s *stage) close() error {
	err := os.RemoveAll(s.dir)
	return errors.Join(fileFault("Removing "+s.dir, err), s.lock.Close())
}

// apartFrom refuses places that lie in one another: a copy of itself never ends.
func apartFrom(data, place string) error {
	d, p := data+string(filepath.Separator), place+string(filepath.Separator)
	if strings.HasPrefix(p, d) || strings.HasPrefix(d, p) {
		return core.Errorf(core.Invalid, "%q and %q lie in one another.", place, data).Hinted("Choose a place outside of the data folder, best on another disk.")
	}
	return nil
}
