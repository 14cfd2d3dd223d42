package images

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func TestApproved(t *testing.T) {
	registries := []string{"registry.example.com", "ghcr.io/acme/", "docker.io/library"}
	for image, want := range map[string]bool{
		"registry.example.com/a:1": true, "REGISTRY.example.com/a": true, "registry.example.com.evil.com/a": false, "evil.com/registry.example.com/a": false,
		"ghcr.io/acme/a": true, "ghcr.io/acme-evil/a": false, "node:22": false, "library/node:22": true, "docker.io/library/node": true, "localhost/a": false, "registry.example.com:5000/a": false,
	} {
		if got := approved(image, registries); got != want {
			t.Errorf("%s: got %v, want %v", image, got, want)
		}
	}
}

func TestDockerfile(t *testing.T) {
	text := `# FROM evil/x
ARG BASE=node:22
ARG EMPTY
FROM ${BASE} AS build
RUN echo FROM x
from --platform=linux/amd64 \
  registry.example.com/run:1 as run
FROM build
FROM scratch
FROM $EMPTY
FROM ${OTHER:-alpine:3}
FROM
`
	var got []string
	for _, f := range baseImages(tree.File{Text: []byte(text)}) {
		got = append(got, fmt.Sprintf("%d %s", f.line, f.image))
	}
	if want := "4 node:22|6 registry.example.com/run:1|10 $EMPTY|11 alpine:3"; strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
}

func TestCheck(t *testing.T) {
	tr := &tree.Tree{Files: []tree.File{
		{Path: "microapp.yaml", Text: []byte("name: x\nimage: docker.io/library/node:22\n")},
		{Path: "deploy/Dockerfile", Text: []byte("FROM registry.example.com/a\nFROM $X\n")},
	}}
	file, _ := microapp.Find(tr)
	res := Check(tr, file, &core.Descriptor{Image: "docker.io/library/node:22"}, []string{"registry.example.com"})
	if len(res.Findings) != 2 || res.Looked != "3 images, 1 Dockerfile, 1 approved places" {
		t.Fatalf("%+v", res)
	}
	if f := res.Findings[0]; f.Code != "image_not_approved" || f.Line != 2 || !f.Blocking || !strings.Contains(f.What, "comes from docker.io") || f.Fix[0] != "Use an image from one of these places: `registry.example.com`." {
		t.Errorf("%+v", f)
	}
	if f := res.Findings[1]; f.Code != "image_unclear" || f.Path != "deploy/Dockerfile" || f.Line != 2 {
		t.Errorf("%+v", f)
	}
	if res := Check(&tree.Tree{}, microapp.File{}, nil, nil); res.Verdict() != core.Incomplete {
		t.Errorf("%+v", res)
	}
}
