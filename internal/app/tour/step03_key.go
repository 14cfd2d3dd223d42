package tour

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// refuseKey pushes a commit that holds a key. It is refused in plain words, an
// incident is counted, and the key is nowhere on the server.
func refuseKey(ctx context.Context, r *road) (evidence, error) {
	key, err := freshKey()
	if err != nil {
		return nil, err
	}
	r.key = key
	if _, err := r.tree.Run(ctx, "checkout", "-q", "-b", "export"); err != nil {
		return nil, err
	}
	if err := r.tree.Write("src/export.ts", "// Sends the list to our bucket.\nexport const accessKey = \""+key+"\";\n"); err != nil {
		return nil, err
	}
	if err := r.tree.Commit(ctx, "Send the list to a bucket"); err != nil {
		return nil, err
	}
	said, err := r.tree.Git(ctx, "push", "-q", "origin", "export")
	if err := visit.First(visit.Must(err != nil, "the push was kept: %s", said), visit.Must(strings.Contains(said, "src/export.ts:2"), "the refusal does not name the place: %s", said),
		visit.Must(strings.Contains(said, "Fix:"), "the refusal names no fix: %s", said), visit.Must(!strings.Contains(said, key), "the refusal repeats the key")); err != nil {
		return nil, err
	}
	var a view.App
	if err := r.maker.Call(ctx, "GET", "/apps/"+r.app, nil, &a); err != nil {
		return nil, err
	}
	counted := 0
	for _, i := range a.Incidents {
		if i.Kind == "secret_in_push" {
			counted++
		}
	}
	if err := visit.Must(counted == 1, "%d secrets incidents are counted", counted); err != nil {
		return nil, err
	}
	looked, err := r.nowhere(ctx, key)
	if err != nil {
		return nil, err
	}
	_, err = r.tree.Run(ctx, "checkout", "-q", "-B", "improve", "origin/main")
	return evidence{"refusal": plainest(said), "incidents": counted, "files searched for the key": looked}, err
}

// freshKey makes a text that looks like a live AWS access key id.
func freshKey() (string, error) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return "AK" + "IA" + string(b), nil
}

// nowhere demands that a text is in no file of the data folder and in no object
// of any repository in it.
func (r *road) nowhere(ctx context.Context, text string) (int, error) {
	n := 0
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil
		}
		n++
		return visit.First(err, visit.Must(!bytes.Contains(b, []byte(text)), "the key is in %s", path))
	})
	if err != nil {
		return n, err
	}
	repos, err := filepath.Glob(filepath.Join(r.dir, "git", "repos", "*.git"))
	if err = visit.First(err, visit.Must(len(repos) > 0, "there are no repositories in %s", r.dir)); err != nil {
		return n, err
	}
	for _, repo := range repos {
		out, err := exec.CommandContext(ctx, "git", "-C", repo, "-c", "safe.directory=*", "cat-file", "--batch-all-objects", "--unordered", "--batch").Output()
		if err := visit.First(err, visit.Must(!bytes.Contains(out, []byte(text)), "the key is in an object of %s", repo)); err != nil {
			return n, fmt.Errorf("reading %s: %w", repo, err)
		}
		n++
	}
	return n, nil
}

// plainest picks the sentence of a refusal that says why.
func plainest(said string) string {
	for _, l := range lines(said) {
		if strings.Contains(l, "src/export.ts:2") {
			return strings.TrimSpace(strings.TrimPrefix(l, "remote:"))
		}
	}
	return ""
}

// lines splits text into its lines that are not empty.
func lines(s string) []string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if strings.TrimSpace(l) != "" {
			out = append(out, l)
		}
	}
	return out
}
