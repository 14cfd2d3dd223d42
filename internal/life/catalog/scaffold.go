package catalog

import (
	"embed"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// pipeline holds the files that every app inherits (CHK-1).
//
//go:embed all:pipeline
var pipeline embed.FS

// inherited maps a file of every app to its text in pipeline. A skeleton must
// not bring its own; only README.md may.
func inherited() []struct{ to, from string } {
	return []struct{ to, from string }{
		{".github/workflows/paddock.yml", "pipeline/github.yml"},
		{".gitlab-ci.yml", "pipeline/gitlab-ci.yml"},
		{"AGENTS.md", "pipeline/agents.md"},
		{"README.md", "pipeline/readme.md"},
	}
}

// Pipeline returns the pipeline files that every app is made with, by path.
func Pipeline() map[string][]byte {
	out := map[string][]byte{}
	for _, f := range inherited() {
		if !strings.HasSuffix(f.from, ".yml") {
			continue
		}
		b, err := pipeline.ReadFile(f.from)
		if err != nil {
			panic("catalog: " + err.Error()) // it is part of the binary
		}
		out[f.to] = b
	}
	return out
}

// skeletonPath is what a file of a skeleton may be called.
var skeletonPath = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`)

// Scaffold returns the files of an app's first commit by their path: the
// template's skeleton, microapp.yaml, the pipeline for GitHub and GitLab, a
// README for the maker and AGENTS.md for an AI copilot. fsys is the tree that
// t was loaded from; params must have passed CheckParameters.
//
// Placeholders such as {{app}} are replaced as plain text, escaped for the kind
// of file; nothing that a maker wrote is ever run as a template.
func Scaffold(t core.Template, d core.Descriptor, params map[string]string, fsys fs.FS) (map[string][]byte, error) {
	if err := CheckDescriptor(d); err != nil {
		return nil, err
	}
	values := placeholders(t, d, params)
	out := map[string][]byte{DescriptorFile: FormatDescriptor(d)}
	for _, f := range inherited() {
		b, err := pipeline.ReadFile(f.from)
		if err != nil {
			return nil, core.Hidden("Reading the pipeline", err)
		}
		if out[f.to], err = replace(f.to, b, values); err != nil {
			return nil, err
		}
	}
	err := skeleton(t, fsys, func(name string, b []byte) error {
		filled, err := replace(name, b, values)
		out[name] = filled
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// skeleton visits the files of a template's skeleton, by their path in the app.
func skeleton(t core.Template, fsys fs.FS, visit func(name string, b []byte) error) error {
	files, err := filesUnder(fsys, t.SkeletonDir, maxSkeleton)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return core.Errorf(core.Invalid, "The template %q has no files for its apps.", t.Name).Hinted("Put them into %s.", t.SkeletonDir).At(t.SkeletonDir)
	}
	total := 0
	for _, file := range files {
		b, err := readTree(fsys, file)
		if err != nil {
			return err
		}
		if total += len(b); total > maxSkeletonSize {
			return core.Errorf(core.TooLarge, "The files for apps are larger than %d bytes together.", maxSkeletonSize).At(t.SkeletonDir)
		}
		if err := visit(strings.TrimPrefix(file, t.SkeletonDir+"/"), b); err != nil {
			return err
		}
	}
	return nil
}

// CheckSkeleton reports all that is wrong with a template's skeleton: reserved
// or odd file names, unknown placeholders, and values that could not be put
// where a placeholder stands.
func CheckSkeleton(t core.Template, fsys fs.FS) error {
	var found []*core.Error
	values := placeholders(t, core.Descriptor{}, nil)
	err := skeleton(t, fsys, func(name string, b []byte) error {
		at := path.Join(t.SkeletonDir, name)
		if !skeletonPath.MatchString(name) || len(name) > 200 {
			found = append(found, core.Errorf(core.Invalid, "The file name %q is not allowed.", clipped(name)).Hinted("Use letters, digits, dots, dashes and _.").At(at))
		}
		if reserved(name) {
			found = append(found, core.Errorf(core.Invalid, "Every app gets its own %s; a template must not bring one.", name).Hinted("Delete it.").At(at))
		}
		found = append(found, unknownPlaceholders(at, b, values)...)
		return nil
	})
	if err != nil {
		found = append(found, core.AsError(err))
	}
	return core.Join(core.Invalid, "The template "+t.Name+" has faults:", found)
}

func reserved(name string) bool {
	if name == DescriptorFile || strings.HasPrefix(name, ".github/") || strings.HasPrefix(name, ".git/") || strings.HasPrefix(name, ".paddock/") {
		return true
	}
	return name != "README.md" && slices.ContainsFunc(inherited(), func(f struct{ to, from string }) bool { return f.to == name })
}
