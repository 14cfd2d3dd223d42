package torture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/deploy"
	"github.com/paddock-dev/paddock/internal/life/run"
)

// forge stands for the embedded forge: a folder for each repository, with a file
// for each thing that is true of it. What it did outlives the process.
type forge struct{ root string }

func (f forge) mark(name, what, text string) error {
	dir := filepath.Join(f.root, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unavailable(err)
	}
	return unavailable(os.WriteFile(filepath.Join(dir, what), []byte(text), 0o600))
}

func (f forge) has(name, what string) (bool, error) {
	_, err := os.Stat(filepath.Join(f.root, name, what))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, unavailable(err)
}

// Create implements provision.Forge.
func (f forge) Create(_ context.Context, name string) error { return f.mark(name, "there", "") }

// Seed implements provision.Forge: the first commit stays the first.
func (f forge) Seed(_ context.Context, name string, _ map[string][]byte, _, message string, _ time.Time) (string, error) {
	sum := sha256.Sum256([]byte(name + message))
	commit := hex.EncodeToString(sum[:20])
	return commit, f.mark(name, "commit-"+commit, "")
}

// Protect implements provision.Forge.
func (f forge) Protect(_ context.Context, name string, _ core.Protection) error {
	return f.mark(name, "protected", "")
}

// Exists implements provision.Forge.
func (f forge) Exists(_ context.Context, name string) (bool, error) { return f.has(name, "there") }

// Freeze implements archive.Forge.
func (f forge) Freeze(_ context.Context, name string) error { return f.mark(name, "frozen", "") }

// Unfreeze implements archive.Forge.
func (f forge) Unfreeze(_ context.Context, name string) error {
	err := os.Remove(filepath.Join(f.root, name, "frozen"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return unavailable(err)
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return core.Errorf(core.Unavailable, "The forge cannot write: %w.", err)
}

// runtime stands for the runtime: what runs is gone with the process.
type runtime struct {
	mu   sync.Mutex
	runs map[core.ID]core.ID // app -> deployment
}

// Deploy implements deploy.Runtime.
func (r *runtime) Deploy(_ context.Context, s run.Spec) error { return r.Adopt(s) }

// Adopt implements deploy.Runtime.
func (r *runtime) Adopt(s run.Spec) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs[s.AppID] = s.Deployment
	return nil
}

// Follow implements deploy.Runtime.
func (r *runtime) Follow(_ context.Context, s run.Spec) error { return r.Adopt(s) }

// Known implements deploy.Runtime.
func (r *runtime) Known() []core.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.runs))
}

// Allow implements deploy.Runtime.
func (r *runtime) Allow(core.ID, []core.Vendor) error { return nil }

// Stop implements deploy.Runtime and archive.Runtime.
func (r *runtime) Stop(_ context.Context, app core.ID, _ string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.runs, app)
	return nil
}

// Runs implements deploy.Runtime.
func (r *runtime) Runs(app core.ID) core.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.runs[app]
}

// warehouse stands for the registry: files that are named by their digest.
type warehouse struct{ dir string }

func (w warehouse) path(digest string) string {
	return filepath.Join(w.dir, strings.TrimPrefix(digest, "sha256:"))
}

// keep keeps a file and returns its digest.
func (w warehouse) keep(text string) (string, error) {
	sum := sha256.Sum256([]byte(text))
	digest := "sha256:" + hex.EncodeToString(sum[:])
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return "", unavailable(err)
	}
	next := w.path(digest) + ".new"
	if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
		return "", unavailable(err)
	}
	return digest, unavailable(os.Rename(next, w.path(digest)))
}

// The evidence of every artifact is the same.
const sbomText, provenanceText = "sbom", "provenance"

// Verify implements deploy.Evidence.
func (w warehouse) Verify(_ context.Context, digest string) (deploy.Proof, error) {
	if _, err := os.Stat(w.path(digest)); err != nil {
		return deploy.Proof{}, core.Errorf(core.NotFound, "There is no evidence of %s.", digest)
	}
	sbom, err := w.keep(sbomText)
	if err != nil {
		return deploy.Proof{}, err
	}
	provenance, err := w.keep(provenanceText)
	return deploy.Proof{SBOM: sbom, Provenance: provenance, Signed: true}, err
}

// Resolve implements deploy.Evidence: there are no tags.
func (w warehouse) Resolve(_ context.Context, _, tag string) (string, error) {
	return "", core.Errorf(core.NotFound, "There is no tag %q.", tag)
}

// Summarise implements deploy.Evidence: the decision itself is record enough.
func (w warehouse) Summarise(context.Context, string, deploy.Verdict) (string, error) { return "", nil }

// Load implements deploy.Evidence.
func (w warehouse) Load(context.Context, string) (deploy.Bundle, error) {
	return deploy.Bundle{Worker: []byte("export default {}")}, nil
}

// appFacts builds what the archive gate is asked.
type appFacts struct{ w *world }

// Facts implements archive.Facts.
func (f appFacts) Facts(who core.Person, a core.App) policy.Input {
	return f.w.rev.Input(who, nil, a.Descriptor)
}
