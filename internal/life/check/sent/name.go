package sent

import (
	"io/fs"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a name, in bytes and folders.
const (
	maxName  = 1000
	maxPart  = 255
	maxDepth = 50
)

// cleaned returns a name as the tree has it, or why it is refused: what git would
// not keep, and what means something else on another machine.
func cleaned(name string) (clean, why string) {
	if len(name) > maxName {
		return "", "is too long"
	}
	if !utf8.ValidString(name) {
		return "", "is not UTF-8"
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		return "", "has control characters in it"
	}
	if strings.Contains(name, `\`) {
		return "", `has a \ in it`
	}
	clean = strings.TrimPrefix(name, "./")
	if clean != path.Clean(clean) || !fs.ValidPath(clean) || clean == "." {
		return "", "leads elsewhere, or is no path"
	}
	if strings.Count(clean, "/") > maxDepth {
		return "", "lies too deep"
	}
	for part := range strings.SplitSeq(clean, "/") {
		switch {
		case len(part) > maxPart:
			return "", "is too long"
		case isGit(part):
			return "", "lies in git's own folder"
		}
	}
	return clean, ""
}

// isGit reports whether some machine takes a name for .git.
func isGit(part string) bool {
	part = strings.TrimRight(strings.ToLower(part), ". ")
	return part == ".git" || part == "git~1"
}
