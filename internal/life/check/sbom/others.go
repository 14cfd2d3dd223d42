package sbom

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Other is a part that no package list names: an action of a workflow, or a
// base image.
type Other struct {
	Name, Version string
	PURL          string
	Place         string // path:line
	Image         bool
}

// maxOthers bounds them; a tree with more is not whole.
const maxOthers = 5_000

var (
	usesLine = regexp.MustCompile(`^\s*(?:-\s*)?uses:\s*['"]?([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)((?:/[A-Za-z0-9_./-]+)?)@([A-Za-z0-9_./-]+)`)
	fromLine = regexp.MustCompile(`(?i)^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?`)
	imageRef = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:/-]*(?:@sha256:[0-9a-f]{64})?$`)
)

// Others finds them in workflows, actions and Dockerfiles. An image whose name
// is worked out at build time is left to the check of images.
func Others(t *tree.Tree) []Other {
	var out []Other
	for _, f := range t.Files {
		base := strings.ToLower(path.Base(f.Path))
		switch {
		case strings.HasSuffix(path.Dir(f.Path), ".github/workflows") && (f.Ext() == ".yml" || f.Ext() == ".yaml"), base == "action.yml", base == "action.yaml":
			out = actions(out, f)
		case strings.HasPrefix(base, "dockerfile"), strings.HasSuffix(base, ".dockerfile"), base == "containerfile":
			out = images(out, f)
		}
	}
	return out[:min(len(out), maxOthers)]
}

func actions(out []Other, f tree.File) []Other {
	if !bytes.Contains(f.Text, []byte("uses:")) {
		return out
	}
	for n, line := range lines(f.Text) {
		if m := usesLine.FindStringSubmatch(line); m != nil && len(out) < maxOthers {
			purl := "pkg:github/" + strings.ToLower(m[1]) + "@" + m[3]
			if m[2] != "" {
				purl += "#" + strings.TrimPrefix(m[2], "/")
			}
			out = append(out, Other{Name: m[1] + m[2], Version: m[3], PURL: purl, Place: place(f.Path, n)})
		}
	}
	return out
}

func images(out []Other, f tree.File) []Other {
	var stages []string
	for n, line := range lines(f.Text) {
		m := fromLine.FindStringSubmatch(line)
		if m == nil || len(out) >= maxOthers {
			continue
		}
		name := strings.ToLower(m[1])
		if imageRef.MatchString(m[1]) && name != "scratch" && !slices.Contains(stages, name) {
			out = append(out, image(m[1], place(f.Path, n)))
		}
		stages = append(stages, strings.ToLower(m[2]))
	}
	return out
}

// image parts a reference: [host/]name[:tag][@digest].
func image(ref, at string) Other {
	name, digest, _ := strings.Cut(ref, "@")
	version := digest
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		if version == "" {
			version = name[i+1:]
		}
		name = name[:i]
	}
	if version == "" {
		version = "latest"
	}
	host, rest, ok := strings.Cut(name, "/")
	if !ok || !strings.ContainsAny(host, ".:") && host != "localhost" {
		host, rest = "", name
	}
	purl := "pkg:docker/" + strings.ToLower(rest) + "@" + strings.ReplaceAll(version, ":", "%3A")
	if host != "" && host != "docker.io" {
		purl += "?repository_url=" + host
	}
	return Other{Name: name, Version: version, PURL: purl, Place: at, Image: true}
}

// lines goes through the first 20,000 lines of a text, from 1.
func lines(text []byte) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		n := 0
		for line := range bytes.Lines(text) {
			if n++; n > 20_000 || len(line) < 2_000 && !yield(n, string(line)) {
				return
			}
		}
	}
}

// others adds them to the bill.
func (b *bill) others(list []Other) {
	for _, o := range list {
		b.part(o.PURL, lockfile.Package{Name: o.Name, Version: o.Version, Dev: !o.Image}, o.Place)
		b.parts[o.PURL].image = o.Image
		b.direct[o.PURL] = true
	}
}
