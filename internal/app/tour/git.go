package tour

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// clone is a work tree of one person.
type clone struct {
	dir string
	who *person
}

// git runs git as the person; out is everything that they would see.
func (c clone) git(ctx context.Context, args ...string) (out string, err error) {
	all := append([]string{"-c", "credential.helper=", "-c", `credential.helper=!f() { echo username=token; echo "password=$PADDOCK_TOKEN"; }; f`,
		"-c", "user.name=" + name(c.who.email), "-c", "user.email=" + c.who.email, "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false"}, args...)
	cmd := exec.CommandContext(ctx, "git", all...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "PADDOCK_TOKEN="+c.who.token, "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C")
	b, err := cmd.CombinedOutput()
	return string(b), err
}

// run is git that has to succeed.
func (c clone) run(ctx context.Context, args ...string) (string, error) {
	out, err := c.git(ctx, args...)
	return out, must(err == nil, "git %s failed: %s", strings.Join(args, " "), out)
}

// cloneOf clones a repository of the server.
func (r *road) cloneOf(ctx context.Context, who *person, repo, into string) (clone, error) {
	c := clone{dir: r.work, who: who}
	if _, err := c.run(ctx, "clone", "-q", r.server.base+"/git/"+repo+".git", into); err != nil {
		return c, err
	}
	c.dir = filepath.Join(r.work, into)
	return c, nil
}

// write puts text into a file of the work tree.
func (c clone) write(path, text string) error {
	full := filepath.Join(c.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	return os.WriteFile(full, []byte(text), 0o644)
}

// edit replaces text in a file of the work tree; the old text must be there.
func (c clone) edit(path, old, text string) error {
	full := filepath.Join(c.dir, filepath.FromSlash(path))
	b, err := os.ReadFile(full)
	if err != nil {
		return err
	}
	if err := must(strings.Contains(string(b), old), "%s does not hold %q", path, old); err != nil {
		return err
	}
	return os.WriteFile(full, []byte(strings.ReplaceAll(string(b), old, text)), 0o644)
}

// commit commits everything in the work tree.
func (c clone) commit(ctx context.Context, message string) error {
	if _, err := c.run(ctx, "add", "-A"); err != nil {
		return err
	}
	_, err := c.run(ctx, "commit", "-q", "-m", message)
	return err
}

// name makes a person's name of an e-mail.
func name(email string) string {
	local, _, _ := strings.Cut(email, "@")
	return strings.ToUpper(local[:1]) + local[1:]
}
