package main

import (
	"context"
	"fmt"
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

// git runs git as that person and returns its standard output. The settings of
// whoever runs the bench stay out.
func (c *clone) git(ctx context.Context, args ...string) (string, error) {
	settings := []string{"-c", `credential.helper=!f() { echo username=token; echo "password=$PADDOCK_TOKEN"; }; f`,
		"-c", "user.name=Hana", "-c", "user.email=" + c.who.email, "-c", "commit.gpgsign=false"}
	cmd := exec.CommandContext(ctx, "git", append(settings, args...)...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "PADDOCK_TOKEN="+c.who.token, "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", args[0], err, errs.String())
	}
	return string(out), nil
}

// write replaces a file of the work tree and commits it on a new branch.
func (c *clone) write(ctx context.Context, branch, path, text string) error {
	if _, err := c.git(ctx, "checkout", "-q", "-B", branch, "origin/main"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.dir, path), []byte(text), 0o600); err != nil {
		return err
	}
	if _, err := c.git(ctx, "add", path); err != nil {
		return err
	}
	_, err := c.git(ctx, "commit", "-q", "-m", "Show "+branch)
	return err
}
