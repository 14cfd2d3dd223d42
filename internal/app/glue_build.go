package app

import (
	"context"
	"encoding/json"
	"io/fs"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/build"
	"github.com/paddock-dev/paddock/internal/life/deploy"
)

// warehouse keeps artifacts and answers for their evidence.
type warehouse struct {
	registry build.Registry
	verify   build.VerifyFunc
	clock    core.Clock
}

// Verify implements deploy.Evidence: what cannot be proven is left empty.
func (w warehouse) Verify(ctx context.Context, digest string) (deploy.Proof, error) {
	e, err := build.Verify(ctx, w.registry, digest, w.verify)
	p := deploy.Proof{Signed: err == nil && e.Signed && e.Subject && e.Whole}
	if e.SBOM {
		p.SBOM = e.SBOMDigest
	}
	if e.Provenance {
		p.Provenance = e.ProvenanceDigest
	}
	return p, err
}

// Load implements deploy.Evidence.
func (w warehouse) Load(ctx context.Context, digest string) (deploy.Bundle, error) {
	b, err := build.Load(ctx, w.registry, digest)
	if err != nil {
		return deploy.Bundle{}, err
	}
	out := deploy.Bundle{Worker: b.Worker}
	if len(b.Public) > 0 {
		out.Public = files(b.Public)
	}
	return out, nil
}

// Import implements desk.Importer: an artifact without evidence.
func (w warehouse) Import(ctx context.Context, a core.App, commit string, worker []byte, public map[string][]byte) (core.Artifact, error) {
	art, err := build.Import(ctx, w.registry, a.Name, commit, worker, public)
	art.AppID, art.Created = a.ID, core.Stamp(w.clock.Now())
	return art, err
}

// Document implements desk.Importer.
func (w warehouse) Document(ctx context.Context, digest string) (string, []byte, error) {
	b, err := w.registry.Get(ctx, digest)
	if err != nil {
		return "", nil, err
	}
	if !json.Valid(b) {
		return "application/octet-stream", b, nil
	}
	return "application/json", b, nil
}

// files is a read-only tree of files in memory.
func files(m map[string][]byte) fs.FS {
	out := fstest.MapFS{}
	for path, b := range m {
		out[path] = &fstest.MapFile{Data: b, Mode: 0o444}
	}
	return out
}
