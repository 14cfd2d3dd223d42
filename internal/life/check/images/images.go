// Package images holds the base images an app builds on against the approved
// registries: the image in microapp.yaml and the FROM lines of Dockerfiles.
package images

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Check reports every image that is not from one of the registries. With no
// registries given, no image is approved.
func Check(t *tree.Tree, file microapp.File, d *core.Descriptor, registries []string) findings.Result {
	c := checker{registries: registries}
	switch {
	case d == nil:
		c.res.Missed("the image in %s could not be read", microapp.Name)
	case d.Image != "":
		line, _ := file.Place("image")
		c.judge(file.File, d.Image, line)
	}
	for _, f := range t.Files {
		if isDockerfile(f.Path) {
			c.files++
			for _, image := range baseImages(f) {
				c.judge(f, image.image, image.line)
			}
		}
	}
	c.res.Looked = fmt.Sprintf("%s, %s, %d approved places", findings.Count(c.images, "image"), findings.Count(c.files, "Dockerfile"), len(registries))
	return c.res
}

type checker struct {
	res           findings.Result
	registries    []string
	images, files int
}

func (c *checker) judge(f tree.File, image string, line int) {
	c.images++
	at := findings.At{Path: f.Path, Line: line, Quote: f.Quote(line, 1), Key: image}
	switch {
	case strings.ContainsAny(image, "${}"):
		c.res.Add(findings.New("image_unclear", at, "image", image))
	case !approved(image, c.registries):
		places := "none yet"
		if len(c.registries) > 0 {
			places = "`" + strings.Join(c.registries, "`, `") + "`"
		}
		c.res.Add(findings.New("image_not_approved", at, "image", image, "registry", Registry(image), "approved", places))
	}
}
