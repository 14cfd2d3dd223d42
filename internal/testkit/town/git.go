package town

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Seed makes an app's repository with these files on its main branch.
func (w *Town) Seed(app core.App, files map[string]string) {
	w.t.Helper()
	bytes := map[string][]byte{}
	for path, text := range files {
		bytes[path] = []byte(text)
	}
	w.Must(w.Forge.Create(w.Ctx(), app.Name))
	_, err := w.Forge.Seed(w.Ctx(), app.Name, bytes, "Paddock <paddock@localhost>", "Start", core.Moment(app.Created))
	w.Must(err)
}

// Commit puts a commit by who on a branch, which begins at main if it is not
// there yet, as a push that was kept would. It returns the branch's new head.
func (w *Town) Commit(app core.App, who core.Person, branch string, files map[string]string) string {
	w.t.Helper()
	bare, tree := filepath.Join(w.Dir, "git", "repos", app.Name+".git"), w.t.TempDir()
	w.git("clone", "-q", bare, tree)
	at := "origin/main"
	if _, err := w.Forge.Head(w.Ctx(), app.Name, branch); err == nil {
		at = "origin/" + branch
	}
	w.git("-C", tree, "checkout", "-q", "-B", branch, at)
	for path, text := range files {
		full := filepath.Join(tree, path)
		w.Must(os.MkdirAll(filepath.Dir(full), 0o755))
		w.Must(os.WriteFile(full, []byte(text), 0o644))
	}
	w.git("-C", tree, "add", "-A")
	w.git("-C", tree, "-c", "user.name=x", "-c", "user.email="+who.Email, "commit", "-q", "--allow-empty", "-m", "Work on "+branch)
	w.git("--git-dir", bare, "fetch", "-q", tree, "+"+branch+":refs/heads/"+branch)
	return strings.TrimSpace(w.git("-C", tree, "rev-parse", "HEAD"))
}

func (w *Town) git(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "safe.directory=*", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %v: %v %s", args, err, out)
	}
	return string(out)
}
