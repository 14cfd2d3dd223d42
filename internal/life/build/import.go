package build

import (
	"context"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
)

// Import stores an artifact that was built elsewhere. It cannot be deployed
// until its builder's evidence is attached; see Verifier.Attach. commit is the commit it
// was built from, public the files by their path below public/.
//
// Errors: Invalid for a bad commit or path, TooLarge beyond DefaultLimits.
func Import(ctx context.Context, reg Registry, app, commit string, worker []byte, public map[string][]byte) (core.Artifact, error) {
	limits := DefaultLimits()
	switch {
	case !isCommit(commit):
		return core.Artifact{}, core.Errorf(core.Invalid, "%.80q is not a commit; want 40 hexadecimal digits.", commit).At("commit")
	case len(worker) == 0:
		return core.Artifact{}, core.Errorf(core.Invalid, "The artifact has no worker.").At("worker")
	case int64(len(worker)) > limits.Bundle:
		return core.Artifact{}, core.Errorf(core.TooLarge, "The worker has %d bytes, more than %d.", len(worker), limits.Bundle).At("worker")
	}
	total := int64(len(worker))
	for path, b := range public {
		if !fs.ValidPath(path) || path == "." {
			return core.Artifact{}, core.Errorf(core.Invalid, "%.80q is not a path below public/.", path).At("public")
		}
		total += int64(len(b))
		if int64(len(b)) > limits.PublicFile || total > limits.PublicTotal+limits.Bundle {
			return core.Artifact{}, core.Errorf(core.TooLarge, "The public files are too large at %q.", path).At("public")
		}
	}
	manifest, blobs, err := pack(App{Name: app, Commit: commit, Descriptor: digestOf(nil)}, worker, public)
	if err != nil {
		return core.Artifact{}, err
	}
	digest, err := reg.Push(ctx, manifest, blobs...)
	return core.Artifact{Digest: digest, Commit: commit, Size: total}, err
}
