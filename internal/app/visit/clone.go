package visit

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Clone is a work tree of one person.
type Clone struct {
	Dir string
	Who *Person
}

// Git runs git as the person; out is everything that they would see.
func (c Clone) Git(ctx context.Context, args ...string) (out string, err error) {
	all := append([]string{"-c", "credential.helper=", "-c", `credential.helper=!f() { echo username=token; echo "password=$PADDOCK_TOKEN"; }; f`,
		"-c", "user.name=" + NameOf(c.Who.Email), "-c", "user.email=" + c.Who.Email, "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false"}, args...)
	cmd := exec.CommandContext(ctx, "git", all...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), "PADDOCK_TOKEN="+c.Who.Token, "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C")
	b, err := cmd.CombinedOutput()
	return string(b), err
}

// Run is Git that has to succeed.
func (c Clone) Run(ctx context.Context, args ...string) (string, error) {
	out, err := c.Git(ctx, args...)
	return out, Must(err == nil, "git %s failed: %s", strings.Join(args, " "), out)
}

// Write puts text into a file of the work tree.
func (c Clone) Write(path, text string) error {
	full := filepath.Join(c.Dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	return os.WriteFile(full, []byte(text), 0o644)
}

// Edit replaces text in a file of the work tree; the old text must be there.
func (c Clone) Edit(path, old, text string) error {
	full := filepath.Join(c.Dir, filepath.FromSlash(path))
	b, err := os.ReadFile(full)
	if err != nil {
		return err
	}
	if err := Must(strings.Contains(string(b), old), "%s does not hold %q", path, old); err != nil {
		return err
	}
	return os.WriteFile(full, []byte(strings.ReplaceAll(string(b), old, text)), 0o644)
}

// Commit commits everything in the work tree.
func (c Clone) Commit(ctx context.Context, message string) error {
	if _, err := c.Run(ctx, "add", "-A"); err != nil {
		return err
	}
	_, err := c.Run(ctx, "commit", "-q", "-m", message)
	return err
}

// NameOf makes a person's name of an e-mail.
func NameOf(email string) string {
	local, _, _ := strings.Cut(email, "@")
	return strings.ToUpper(local[:1]) + local[1:]
}
