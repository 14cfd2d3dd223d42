package local

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// replaceRef holds a commit of Replace until the branch points at it.
const replaceRef = "refs/paddock/replace"

// Replace makes a commit on top of base that holds these files and no others,
// and moves the branch from base to it. Errors: Conflict when the branch is not
// at base any more.
func (f *Forge) Replace(ctx context.Context, name, branch, base string, files map[string][]byte, author, message string, at time.Time) (string, error) {
	if err := checkBranch(branch); err != nil {
		return "", err
	}
	if err := checkCommit(base); err != nil {
		return "", err
	}
	stream, err := commitStream(replaceRef, base, files, author, message, at)
	if err != nil {
		return "", err
	}
	if err := f.writable(ctx, name); err != nil {
		return "", err
	}
	unlock, err := f.lock(name)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := f.resolve(ctx, name, base); err != nil {
		return "", err
	}
	dir := f.path(name)
	commit, err := f.importCommit(ctx, dir, stream, replaceRef)
	if err != nil {
		return "", fault("Making a commit in "+name, err)
	}
	steps := fmt.Sprintf("start\nupdate refs/heads/%s %s %s\ndelete %s\nprepare\ncommit\n", branch, commit, base, replaceRef)
	_, err = f.run(ctx, call{dir: dir, stdin: strings.NewReader(steps), args: []string{"update-ref", "--stdin", "-m", "replace"}})
	if exitOf(err) > 0 {
		return "", (&core.Error{Code: core.Conflict, Msg: "The branch " + branch + " has moved meanwhile.", Err: err}).Hinted("Try again.")
	}
	return commit, fault("Making a commit in "+name, err)
}

// importCommit writes a commit's objects under ref and returns its id.
func (f *Forge) importCommit(ctx context.Context, dir string, stream []byte, ref string) (string, error) {
	_, err := f.run(ctx, call{dir: dir, stdin: bytes.NewReader(stream), args: []string{"fast-import", "--quiet", "--force", "--done", "--date-format=raw"}})
	if err != nil {
		return "", err
	}
	out, err := f.run(ctx, call{dir: dir, args: []string{"rev-parse", "--verify", ref}})
	return strings.TrimSpace(string(out)), err
}
