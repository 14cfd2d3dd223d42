package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// clone is one repository of the corpus, at one commit.
type clone struct{ name, commit string }

var (
	nodegoat = clone{"nodegoat", "c5cb68a7084e4ae7dcc60e6a98768720a81841e8"}
	clutch   = clone{"clutch", "a6d39b3d6f3edb7862307e59d43037441479b05b"}
	openbao  = clone{"openbao", "df6ce2cebaa823979215c116a16820aa913fe3b1"}
)

// descriptor makes an app of a repository, so that the policy check runs too.
const descriptor = `name: %s
template: internal-tool@1.0.0
owner: bench@example.com
classification: internal
region: eu-sovereign
runtime: serverless
`

// copyOf clones a repository of the corpus at its commit, and puts a
// descriptor beside its files, for both sides. The corpus is only read.
func (b *bench) copyOf(ctx context.Context, c clone) (string, error) {
	if b.corpus == "" {
		return "", errors.New("name the folder of clones with --corpus")
	}
	from, to := filepath.Join(b.corpus, c.name), filepath.Join(b.dir, c.name)
	if _, err := os.Stat(to); err == nil {
		return to, nil
	}
	if out, err := git(ctx, from, "cat-file", "-t", c.commit); err != nil || strings.TrimSpace(out) != "commit" {
		return "", fmt.Errorf("%s is no clone that holds the commit %s; see go doc ./bench/check", from, c.commit)
	}
	for _, args := range [][]string{{"clone", "--quiet", "--no-checkout", from, to}, {"-C", to, "checkout", "--quiet", "--detach", c.commit}} {
		if out, err := git(ctx, b.dir, args...); err != nil {
			return "", fmt.Errorf("git %v: %w %s", args, err, out)
		}
	}
	return to, os.WriteFile(filepath.Join(to, "microapp.yaml"), fmt.Appendf(nil, descriptor, c.name), 0o600)
}

func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
