package local

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// quarantine returns the environment in which git sees the new objects of a
// push that is not kept yet (git-receive-pack(1), quarantine environment). The
// folder is named by the hook, so it is believed only inside the repository.
func (f *Forge) quarantine(name, folder string) ([]string, error) {
	dir, err := f.open(name)
	if err != nil || folder == "" {
		return nil, err
	}
	objects := filepath.Join(dir, "objects")
	if filepath.Dir(folder) != objects || !strings.Contains(filepath.Base(folder), "incoming-") || strings.ContainsRune(folder, ':') {
		return nil, core.Errorf(core.Invalid, "The objects of the push are not where they should be.").Hinted("Push again.")
	}
	return []string{"GIT_OBJECT_DIRECTORY=" + folder, "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + objects, "GIT_QUARANTINE_PATH=" + folder}, nil
}

// beginPush counts a push and returns how to end it. When the last push to a
// repository has ended, whatever a killed git left in quarantine is removed, so
// that nothing unjudged stays on the disk (SEC-4).
func (f *Forge) beginPush(name string) (end func()) {
	f.pushMu.Lock()
	defer f.pushMu.Unlock()
	f.pushing[name]++
	return func() {
		f.pushMu.Lock()
		defer f.pushMu.Unlock()
		if f.pushing[name]--; f.pushing[name] > 0 {
			return
		}
		delete(f.pushing, name)
		if err := f.sweep(name); err != nil {
			f.log.Error("an unfinished push could not be removed", "repo", name, "error", err)
		}
	}
}

// sweep removes the quarantine folders of a repository that no push is filling:
// all of them, or, where other replicas take pushes too, those older than a push
// can be.
func (f *Forge) sweep(name string) error {
	objects := filepath.Join(f.path(name), "objects")
	entries, err := os.ReadDir(objects)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, e := range entries {
		if !strings.Contains(e.Name(), "incoming-") {
			continue
		}
		if f.shared && !f.outlived(e) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(objects, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// outlived reports whether a folder was last written before any push that is
// still under way can have begun. Files carry the machine's time, so it is that
// clock which is asked, not the one that a laboratory moves.
func (f *Forge) outlived(e os.DirEntry) bool {
	info, err := e.Info()
	return err == nil && time.Since(info.ModTime()) > 2*f.limits.PackTime
}
