package build

import (
	"encoding/json"
	"maps"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/paddock-dev/paddock/internal/core"
)

// App is app.json, the manifest's config: which app and commit an artifact is.
type App struct {
	Name       string `json:"name"`
	Commit     string `json:"commit"`     // 40 hexadecimal digits
	Descriptor string `json:"descriptor"` // digest of microapp.yaml
}

// pack makes the manifest of an artifact and its blobs, always in the same
// order: app.json, the worker, then the public files by path.
func pack(app App, worker []byte, public map[string][]byte) (manifest []byte, blobs [][]byte, err error) {
	config, err := json.Marshal(app)
	if err != nil {
		return nil, nil, core.Hidden("Packing the artifact", err)
	}
	m := v1.Manifest{
		SchemaVersion: 2,
		MediaType:     types.OCIManifestSchema1,
		ArtifactType:  TypeArtifact,
		Config:        describe(TypeApp, config, ""),
		Layers:        []v1.Descriptor{describe(TypeWorker, worker, workerTitle)},
	}
	blobs = [][]byte{config, worker}
	for _, name := range slices.Sorted(maps.Keys(public)) {
		m.Layers = append(m.Layers, describe(TypePublic, public[name], publicDir+"/"+name))
		blobs = append(blobs, public[name])
	}
	manifest, err = json.Marshal(m)
	if err != nil {
		return nil, nil, core.Hidden("Packing the artifact", err)
	}
	return manifest, blobs, nil
}

// packReferrer makes the manifest that attaches blob to an artifact.
func packReferrer(subject string, subjectSize int64, mediaType, predicate string, blob []byte) (manifest []byte, blobs [][]byte, err error) {
	empty := []byte("{}")
	m := v1.Manifest{
		SchemaVersion: 2,
		MediaType:     types.OCIManifestSchema1,
		ArtifactType:  mediaType,
		Config:        describe(typeEmpty, empty, ""),
		Layers:        []v1.Descriptor{describe(mediaType, blob, "")},
		Subject: &v1.Descriptor{MediaType: types.OCIManifestSchema1, Size: subjectSize,
			Digest: v1.Hash{Algorithm: "sha256", Hex: hexOf(subject)}},
	}
	if predicate != "" {
		m.Annotations = map[string]string{predicateKey: predicate}
	}
	manifest, err = json.Marshal(m)
	if err != nil {
		return nil, nil, core.Hidden("Attaching evidence", err)
	}
	return manifest, [][]byte{empty, blob}, nil
}
