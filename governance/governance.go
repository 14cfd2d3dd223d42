// Package governance is the starter governance repository, embedded: settings,
// templates with their skeletons, policies with tests, vendors and a course.
// A new installation begins with it and changes it by commits of its own.
package governance

import (
	"embed"
	"io/fs"
)

//go:embed paddock.yaml secrets-policy.json all:templates all:policies all:vendors all:training
var files embed.FS

// FS returns the starter tree, with paddock.yaml at its root. It is read-only.
func FS() fs.FS { return files }
