package build

import (
	"context"
	"encoding/json"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Bundle is what a target runs.
type Bundle struct {
	Worker []byte            // the ES module
	Public map[string][]byte // files by their path below public/
	App    []byte            // app.json
}

// Load reads an artifact and checks every byte against its digest. It does not
// look at evidence; Verify does. Errors: NotFound, and Blocked for anything
// that is not a whole artifact as Build makes it.
func Load(ctx context.Context, reg Registry, digest string) (Bundle, error) {
	b, _, _, err := loadAll(ctx, reg, digest)
	return b, err
}

// loadAll also returns what app.json says and the size of the manifest.
func loadAll(ctx context.Context, reg Registry, digest string) (b Bundle, app App, size int64, err error) {
	m, size, err := fetchManifest(ctx, reg, digest, "")
	if err != nil {
		return b, app, 0, err
	}
	limits := DefaultLimits()
	switch {
	case m.ArtifactType != TypeArtifact || m.Config.MediaType != TypeApp:
		return b, app, 0, blocked("%s is not an app but %.80q.", digest, m.ArtifactType)
	case len(m.Layers) == 0 || len(m.Layers) > limits.PublicFiles+1:
		return b, app, 0, blocked("The artifact has %d parts; want 1 to %d.", len(m.Layers), limits.PublicFiles+1)
	}
	if b.App, err = fetchBlob(ctx, reg, m.Config, maxConfig); err != nil {
		return b, app, 0, err
	}
	if app, err = parseApp(b.App); err != nil {
		return b, app, 0, err
	}
	worker := m.Layers[0]
	if worker.MediaType != TypeWorker || worker.Annotations[titleKey] != workerTitle {
		return b, app, 0, blocked("The first part of the artifact is not %s.", workerTitle)
	}
	if b.Worker, err = fetchBlob(ctx, reg, worker, limits.Bundle); err != nil {
		return b, app, 0, err
	}
	b.Public, err = loadPublic(ctx, reg, m.Layers[1:], limits)
	return b, app, size, err
}

func loadPublic(ctx context.Context, reg Registry, layers []v1.Descriptor, limits Limits) (map[string][]byte, error) {
	public := map[string][]byte{}
	left := limits.PublicTotal
	for _, d := range layers {
		title := d.Annotations[titleKey]
		name, ok := strings.CutPrefix(title, publicDir+"/")
		if _, twice := public[name]; !ok || twice || !cleanPath(title) || d.MediaType != TypePublic {
			return nil, blocked("The artifact has a part named %.80q, which is not a public file.", title)
		}
		text, err := fetchBlob(ctx, reg, d, min(left, limits.PublicFile))
		if err != nil {
			return nil, err
		}
		left -= int64(len(text))
		public[name] = text
	}
	return public, nil
}

func parseApp(b []byte) (App, error) {
	var app App
	again, err := []byte(nil), json.Unmarshal(b, &app)
	if err == nil {
		again, err = json.Marshal(app)
	}
	if err != nil || string(again) != string(b) || app.Name == "" || !isCommit(app.Commit) || !isDigest(app.Descriptor) {
		return App{}, blocked("The artifact's app.json is not as Paddock writes it.")
	}
	return app, nil
}

func isCommit(s string) bool { return len(s) == 40 && isHex(s) }

func isDigest(s string) bool {
	return strings.HasPrefix(s, "sha256:") && len(s) == 71 && isHex(hexOf(s))
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }
