package local

import (
	"path/filepath"
	"strings"

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
