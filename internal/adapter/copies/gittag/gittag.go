// Package gittag puts copies of checkpoints into a git repository elsewhere: one
// annotated tag for each, refs/tags/paddock/<log>/checkpoint-<size>, whose
// message is the signed checkpoint. Tags are pushed without force, so neither
// this program nor a thief with its credential replaces one by accident; a host
// that protects tags keeps them for good.
package gittag

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/copies"
	"github.com/paddock-dev/paddock/internal/core"
)

// Remote is the repository that is pushed to.
type Remote struct {
	URL      string
	User     string      // for HTTP; "" for "paddock"
	Password core.Secret // for HTTP; empty for none
}

// Put makes the tag and pushes it. at is the moment that it names. Errors:
// Conflict, Unavailable.
func Put(ctx context.Context, r Remote, origin string, size int64, note string, at time.Time) error {
	dir, err := os.MkdirTemp("", "paddock-checkpoint-*")
	if err != nil {
		return core.Hidden("Making a tag", err)
	}
	defer os.RemoveAll(dir)
	g := repo{dir: dir, remote: r, at: at}
	tag := "refs/tags/paddock/" + copies.Dir(origin) + "/" + copies.Name(size)
	if err := g.make(ctx, tag, note); err != nil {
		return core.Hidden("Making a tag", err)
	}
	_, err = g.git(ctx, "", "push", "--quiet", "--no-verify", "--end-of-options", r.URL, tag+":"+tag)
	if err == nil {
		return nil
	}
	// Either it cannot be reached, or a tag of that name is there already.
	have, ferr := g.fetch(ctx, tag)
	switch {
	case ferr != nil:
		return unreached(err)
	case have != note:
		return copies.Differs(size)
	}
	return nil
}

// Read returns the checkpoint in a tag of a repository.
func Read(ctx context.Context, r Remote, origin string, size int64) (string, error) {
	dir, err := os.MkdirTemp("", "paddock-checkpoint-*")
	if err != nil {
		return "", core.Hidden("Reading a tag", err)
	}
	defer os.RemoveAll(dir)
	g := repo{dir: dir, remote: r}
	if _, err := g.git(ctx, "", "init", "--quiet", "--bare", "."); err != nil {
		return "", core.Hidden("Reading a tag", err)
	}
	note, err := g.fetch(ctx, "refs/tags/paddock/"+copies.Dir(origin)+"/"+copies.Name(size))
	if err != nil {
		return "", unreached(err)
	}
	return note, nil
}

// repo is a repository for one push.
type repo struct {
	dir    string
	remote Remote
	at     time.Time
}

// make makes the tag. It is on a commit that holds the checkpoint as a file,
// because hosts show such tags.
func (g repo) make(ctx context.Context, tag, note string) error {
	if _, err := g.git(ctx, "", "init", "--quiet", "--bare", "."); err != nil {
		return err
	}
	blob, err := g.git(ctx, note, "hash-object", "-w", "--stdin")
	if err != nil {
		return err
	}
	tree, err := g.git(ctx, "100644 blob "+blob+"\tcheckpoint\n", "mktree")
	if err != nil {
		return err
	}
	commit, err := g.git(ctx, "Checkpoint of an audit log\n", "commit-tree", tree, "-F", "-")
	if err != nil {
		return err
	}
	_, err = g.git(ctx, note, "tag", "-a", "--no-sign", "--cleanup=verbatim", "-F", "-", strings.TrimPrefix(tag, "refs/tags/"), commit)
	return err
}

// fetch returns the message of a tag at the remote.
func (g repo) fetch(ctx context.Context, tag string) (string, error) {
	if _, err := g.git(ctx, "", "fetch", "--quiet", "--depth=1", "--no-tags", "--end-of-options", g.remote.URL, "+"+tag+":refs/there"); err != nil {
		return "", err
	}
	text, err := g.output(ctx, "", "cat-file", "tag", "refs/there")
	if err != nil {
		return "", nil // no annotated tag: not ours
	}
	_, message, _ := strings.Cut(text, "\n\n")
	return message, nil
}

func (g repo) git(ctx context.Context, in string, args ...string) (string, error) {
	out, err := g.output(ctx, in, args...)
	return strings.TrimSpace(out), err
}

// maxAnswer bounds what is kept of git's answer.
const maxAnswer = 256 << 10

func (g repo) output(ctx context.Context, in string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Stdin, cmd.WaitDelay = g.dir, strings.NewReader(in), 5*time.Second
	cmd.Env = g.environment()
	var out, errs bounded
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", errors.Join(errors.New(strings.TrimSpace(errs.String())), err)
	}
	return out.String(), nil
}

// environment gives git nothing of the server's but the path. The credential
// goes this way because arguments are for everybody to see.
func (g repo) environment() []string {
	day := g.at.UTC().Format(time.RFC3339)
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_ALLOW_PROTOCOL=file:http:https:ssh", "GIT_SSH_COMMAND=ssh -o BatchMode=yes", "LC_ALL=C",
		"GIT_AUTHOR_NAME=Paddock", "GIT_AUTHOR_EMAIL=paddock@localhost", "GIT_AUTHOR_DATE=" + day,
		"GIT_COMMITTER_NAME=Paddock", "GIT_COMMITTER_EMAIL=paddock@localhost", "GIT_COMMITTER_DATE=" + day}
	if g.remote.Password.Empty() {
		return env
	}
	user := g.remote.User
	if user == "" {
		user = "paddock"
	}
	basic := base64.StdEncoding.EncodeToString(append([]byte(user+":"), g.remote.Password.Open()...))
	return append(env, "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=http.extraHeader", "GIT_CONFIG_VALUE_0=Authorization: Basic "+basic,
		"GIT_CONFIG_KEY_1=http.followRedirects", "GIT_CONFIG_VALUE_1=false")
}

// unreached says in a few words why; git's own words are for the log.
func unreached(err error) error {
	why := "it cannot be reached"
	text := err.Error()
	switch {
	case strings.Contains(text, "Authentication failed"), strings.Contains(text, "403"), strings.Contains(text, "401"), strings.Contains(text, "could not read Username"), strings.Contains(text, "Permission denied"):
		why = "it does not accept the credential"
	case strings.Contains(text, "not found"), strings.Contains(text, "does not appear to be a git repository"):
		why = "there is no such repository"
	case strings.Contains(text, "remote rejected"):
		why = "it refuses the tag"
	}
	return &core.Error{Code: core.Unavailable, Msg: "The repository takes no copy: " + why + ".", Hint: "Look at its address, its rules for tags, and the secret.", Err: err}
}

// bounded keeps the first bytes of an answer.
type bounded struct{ bytes.Buffer }

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if left := maxAnswer - b.Len(); left > 0 {
		b.Buffer.Write(p[:min(left, len(p))])
	}
	return len(p), nil
}
