package build

import (
	"maps"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Searcher finds keys in what is built.
type Searcher interface {
	// Artifact returns a finding for each key that has a form of its own.
	Artifact(path string, content []byte) []core.Finding
}

// search refuses a bundle or a public file that holds a key: everybody who
// opens the app could read it, and the artifact keeps it.
func (b *Builder) search(worker []byte, public map[string][]byte) error {
	if b.Secrets == nil {
		return nil
	}
	found := b.Secrets.Artifact("worker.js", worker)
	for _, path := range slices.Sorted(maps.Keys(public)) {
		found = append(found, b.Secrets.Artifact(publicDir+"/"+path, public[path])...)
	}
	if len(found) == 0 {
		return nil
	}
	f := found[0]
	return core.Errorf(core.Blocked, "The built app holds a secret (%d in all). %s", len(found), f.What).
		Hinted("Take it out of the code and of the packages, and read it from the secret store instead.").At(f.Path)
}
