package local

import (
	"os"
	"path/filepath"
	"regexp"

	"github.com/paddock-dev/paddock/internal/core"
)

var (
	nameRE   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	commitRE = regexp.MustCompile(`^[0-9a-f]{40}$`)
	// branchRE is narrower than git's own rule: no spaces, no leading dots.
	branchRE = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$`)
	dotsRE   = regexp.MustCompile(`\.\.|\.lock(/|$)|\.(/|$)`)
)

// CheckName returns Invalid unless name is a DNS label: 1 to 63 lower-case
// letters, digits and dashes, with no dash at either end.
func CheckName(name string) error {
	if nameRE.MatchString(name) {
		return nil
	}
	return core.Errorf(core.Invalid, "%.80q cannot be the name of a repository.", name).
		Hinted("Use lower-case letters, digits and dashes.").At("name")
}

func checkBranch(branch string) error {
	if len(branch) <= 200 && branchRE.MatchString(branch) && !dotsRE.MatchString(branch) {
		return nil
	}
	return core.Errorf(core.Invalid, "%.80q cannot be the name of a branch.", branch).
		Hinted("Use letters, digits, dashes and single slashes.").At("branch")
}

func checkCommit(commit string) error {
	if commitRE.MatchString(commit) {
		return nil
	}
	return core.Errorf(core.Invalid, "%.80q is not a commit.", commit).
		Hinted("Give the 40 hexadecimal digits of a commit.").At("commit")
}

func (f *Forge) path(name string) string { return filepath.Join(f.root, "repos", name+".git") }

// open returns the folder of a repository that exists.
func (f *Forge) open(name string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	dir := f.path(name)
	if _, err := os.Stat(filepath.Join(dir, "HEAD")); err != nil {
		if !os.IsNotExist(err) {
			return "", core.Hidden("Opening the repository "+name, err)
		}
		return "", core.Errorf(core.NotFound, "There is no repository %q.", name).Hinted("Check the name of the app.")
	}
	return dir, nil
}
