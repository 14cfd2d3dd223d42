package planted

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// git runs git in a folder, by no settings but those of the folder.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=mira", "GIT_AUTHOR_EMAIL=mira@example.com",
		"GIT_COMMITTER_NAME=mira", "GIT_COMMITTER_EMAIL=mira@example.com", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// committed puts files into a repository of two commits.
func committed(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := write(t, files)
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "begin")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "the app")
	return dir
}
