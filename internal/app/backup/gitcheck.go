package backup

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

// maxGitProblems is how many broken repositories are told.
const maxGitProblems = 100

// checkRepositories asks git whether all that the refs of each repository lead
// to is there.
func checkRepositories(ctx context.Context, root string, told func(done, all int64)) ([]fsck.Problem, error) {
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(reposDir)))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fileFault("Reading the repositories", err)
	}
	var problems []fsck.Problem
	for i, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if told != nil {
			told(int64(i), int64(len(entries)))
		}
		what, err := checkRepository(ctx, filepath.Join(root, filepath.FromSlash(reposDir), e.Name()))
		if err != nil {
			return nil, err
		}
		if what != "" && len(problems) < maxGitProblems {
			problems = append(problems, fsck.Problem{Check: "git", What: "A repository is not whole.", Value: what, Where: reposDir + "/" + e.Name(),
				Fix: "Run git fsck in that repository of the installation; make the backup again if it is whole there."})
		}
	}
	return problems, nil
}

// checkRepository returns what git says is wrong with a repository, "" if
// nothing is.
func checkRepository(ctx context.Context, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", "fsck", "--connectivity-only", "--no-dangling", "--no-progress", "--no-reflogs")
	cmd.Dir = dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "GIT_") }),
		"GIT_DIR="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C",
		"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "GIT_CONFIG_KEY_1=core.hooksPath", "GIT_CONFIG_VALUE_1=/dev/null")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "", nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &exit):
		line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return line, nil
	}
	return "", (&core.Error{Code: core.Unavailable, Msg: "The program git could not be run.", Err: err}).Hinted("Install git: the repositories of a backup are checked with it.")
}
