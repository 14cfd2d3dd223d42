package history

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
)

// key makes a key of the shape AWS gives out, so that none stands in the code.
func key(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 7))
	b := []byte("AKIA")
	for range 16 {
		b = append(b, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[r.IntN(32)])
	}
	return string(b)
}

type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) repo {
	r := repo{t, t.TempDir()}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r repo) write(path, text string) {
	r.t.Helper()
	full := filepath.Join(r.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// commit writes files, given as path and text, and returns the new commit.
func (r repo) commit(files ...string) string {
	r.t.Helper()
	for i := 0; i < len(files); i += 2 {
		r.write(files[i], files[i+1])
	}
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", "a change")
	return r.git("rev-parse", "HEAD")
}

func (r repo) scan(which Range) findings.Result {
	r.t.Helper()
	res, err := Scan(context.Background(), r.dir, scanner(r.t), which)
	if err != nil {
		r.t.Fatal(err)
	}
	return res
}

func scanner(t testing.TB) *secrets.Scanner {
	s, err := secrets.New([]byte("a key for tests"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func summary(res findings.Result) string {
	var b strings.Builder
	for _, f := range res.Findings {
		fmt.Fprintf(&b, "%s %s:%d\n", f.Code, f.Path, f.Line)
	}
	return b.String()
}

func TestASecretThatWasTakenOutIsStillThere(t *testing.T) {
	r := newRepo(t)
	r.commit("a.ts", "line\n")
	bad := r.commit("a.ts", "line\nconst k = \""+key(1)+"\"\n")
	r.commit("a.ts", "line\n", "b.ts", "other\n")
	res := r.scan(Range{})
	if got, want := summary(res), "history_secret a.ts:2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	f := res.Findings[0]
	if !f.Blocking || !strings.Contains(f.What, bad[:10]) || !strings.Contains(f.Details, bad) || strings.Contains(f.Quote, key(1)[5:]) {
		t.Errorf("%+v", f)
	}
	if res.Seen.Commits != 3 || res.Seen.CommitsListed != 3 || len(res.Incomplete) != 0 {
		t.Errorf("%+v %q", res.Seen, res.Incomplete)
	}
}

func TestARangeShowsOnlyWhatItAdds(t *testing.T) {
	r := newRepo(t)
	first := r.commit("a.ts", "const k = \""+key(1)+"\"\nx\n")
	second := r.commit("a.ts", "const k = \""+key(1)+"\"\ny\nconst l = \""+key(2)+"\"\n")
	r.commit("a.ts", "const k = \""+key(1)+"\"\nz\n")
	if got, want := summary(r.scan(Range{From: first})), "history_secret a.ts:3\n"; got != want {
		t.Errorf("from the first: got %q, want %q", got, want)
	}
	if got := summary(r.scan(Range{From: second})); got != "" {
		t.Errorf("from the second: got %q", got)
	}
}

func TestOneSecretInManyVersionsIsOneFinding(t *testing.T) {
	r := newRepo(t)
	r.commit("a.ts", "k = '"+key(1)+"'\n")
	r.commit("a.ts", "moved\nk = '"+key(1)+"' // again\n", "copy.ts", "\n\nk = '"+key(1)+"'\n")
	if got, want := summary(r.scan(Range{})), "history_secret a.ts:1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMergesAndOtherBranches(t *testing.T) {
	r := newRepo(t)
	r.commit("a.ts", "1\n")
	r.git("checkout", "-q", "-b", "side")
	r.commit("side.ts", "k = '"+key(2)+"'\n")
	r.git("checkout", "-q", "main")
	r.commit("b.ts", "2\n")
	if got := summary(r.scan(Range{})); got != "" {
		t.Errorf("main: got %q", got)
	}
	if got, want := summary(r.scan(Range{All: true})), "history_secret side.ts:1\n"; got != want {
		t.Errorf("all: got %q, want %q", got, want)
	}
	r.git("merge", "-q", "--no-ff", "--no-commit", "side")
	r.commit("evil.ts", "k = '"+key(3)+"'\n") // only in the merge itself
	if got, want := summary(r.scan(Range{})), "history_secret side.ts:1\nhistory_secret evil.ts:1\n"; got != want {
		t.Errorf("merged: got %q, want %q", got, want)
	}
}

func TestMessagesAreSearched(t *testing.T) {
	r := newRepo(t)
	r.commit("a.ts", "1\n")
	r.git("commit", "-q", "--allow-empty", "-m", "subject\n\nuse "+key(4)+" for now")
	res := r.scan(Range{})
	if len(res.Findings) != 1 || res.Findings[0].Line != 3 {
		t.Errorf("%+v", res.Findings)
	}
}

func TestAKeyWhoseFirstLineIsOld(t *testing.T) {
	r := newRepo(t)
	pem := func(seed uint64) string {
		x := rand.New(rand.NewPCG(seed, 1))
		b := []byte("-----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAzAAAAtzc2gtZW\n")
		for range 4 {
			for range 64 {
				b = append(b, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[x.IntN(62)])
			}
			b = append(b, '\n')
		}
		return string(b) + "-----END OPENSSH " + "PRIVATE KEY-----\n"
	}
	r.commit("id_ed25519", pem(1))
	r.commit("id_ed25519", pem(2))
	if res := r.scan(Range{}); len(res.Findings) != 2 {
		t.Errorf("got %q", summary(res))
	}
}

// TestHostileSettings sets every setting that makes git run a program.
func TestHostileSettings(t *testing.T) {
	r := newRepo(t)
	r.commit("a.ts", "1\n", ".gitattributes", "*.ts diff=evil filter=evil\n")
	r.commit("a.ts", "k = '"+key(1)+"'\n")
	r.write("b.ts", "k = '"+key(2)+"'\n")
	r.git("add", "b.ts")
	mark := filepath.Join(t.TempDir(), "ran")
	evil := filepath.Join(t.TempDir(), "evil.sh")
	if err := os.WriteFile(evil, []byte("#!/bin/sh\ntouch "+mark+"\ncat\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	replace := r.git("rev-parse", "HEAD~1")
	for _, kv := range [][2]string{{"core.fsmonitor", evil}, {"core.hooksPath", filepath.Dir(evil)}, {"diff.evil.textconv", evil}, {"diff.evil.command", evil}, {"diff.external", evil},
		{"filter.evil.clean", evil}, {"filter.evil.smudge", evil}, {"alias.log", "!" + evil}, {"core.pager", evil}, {"core.sshCommand", evil}, {"gpg.program", evil}, {"log.showSignature", "true"},
		{"core.worktree", "/"}, {"extensions.partialClone", "origin"}, {"remote.origin.promisor", "true"}, {"remote.origin.url", "ext::" + evil}, {"log.mailmap", "true"}, {"include.path", "/dev/zero"}} {
		r.git("config", kv[0], kv[1])
	}
	if err := os.MkdirAll(filepath.Join(r.dir, ".git/refs/replace"), 0o700); err != nil {
		t.Fatal(err)
	}
	head := firstOf(t, filepath.Join(r.dir, ".git/refs/heads/main"))
	if err := os.WriteFile(filepath.Join(r.dir, ".git/refs/replace", head), []byte(replace+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(r.dir, ".git/info"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, ".git/info/grafts"), []byte(head+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := summary(r.scan(Range{})), "history_secret a.ts:1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	res, err := Staged(context.Background(), r.dir, scanner(t))
	if got, want := summary(res), "secret_found b.ts:1\n"; err != nil || got != want {
		t.Errorf("staged: got %q, %v, want %q", got, err, want)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program of the repository ran")
	}
}

func firstOf(t *testing.T, name string) string {
	line, err := firstLine(name)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func TestAMissingObjectIsIncomplete(t *testing.T) {
	for what, object := range map[string]string{"content": "HEAD:a.ts", "commit": "HEAD~1", "folder": "HEAD^{tree}"} {
		t.Run(what, func(t *testing.T) {
			r := newRepo(t)
			r.commit("a.ts", "1\n")
			r.commit("a.ts", "2\n")
			r.commit("a.ts", "3\n")
			id := r.git("rev-parse", object)
			if err := os.Remove(filepath.Join(r.dir, ".git/objects", id[:2], id[2:])); err != nil {
				t.Fatal(err)
			}
			if res := r.scan(Range{}); res.Verdict() != core.Incomplete {
				t.Errorf("got %s", res.Verdict())
			}
		})
	}
}

func TestAShallowCopyIsIncomplete(t *testing.T) {
	r := newRepo(t)
	r.commit("a.ts", "1\n")
	r.commit("a.ts", "k = '"+key(1)+"'\n")
	to := t.TempDir()
	r.git("clone", "-q", "--depth=1", "file://"+r.dir, to)
	res := repo{t, to}.scan(Range{})
	if len(res.Incomplete) != 1 || !strings.Contains(res.Incomplete[0], "cut short") || summary(res) != "history_secret a.ts:1\n" {
		t.Errorf("got %q %q", res.Incomplete, summary(res))
	}
}

func TestALinkedWorkTreeAndABareRepository(t *testing.T) {
	r := newRepo(t)
	r.commit("a.ts", "k = '"+key(1)+"'\n")
	linked, bare := filepath.Join(t.TempDir(), "linked"), filepath.Join(t.TempDir(), "bare.git")
	r.git("worktree", "add", "-q", "-b", "other", linked)
	r.git("clone", "-q", "--bare", r.dir, bare)
	for _, dir := range []string{linked, bare} {
		if got, want := summary(repo{t, dir}.scan(Range{})), "history_secret a.ts:1\n"; got != want {
			t.Errorf("%s: got %q, want %q", dir, got, want)
		}
	}
}

func TestStagedBeforeTheFirstCommit(t *testing.T) {
	r := newRepo(t)
	r.write("a.ts", "x\nk = '"+key(1)+"'\n")
	r.git("add", "-A")
	r.write("a.ts", "x\n") // what counts is what is staged
	res, err := Staged(context.Background(), r.dir, scanner(t))
	if got, want := summary(res), "secret_found a.ts:2\n"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	if _, err := Scan(context.Background(), t.TempDir(), scanner(t), Range{}); core.CodeOf(err) != core.Unreadable {
		t.Errorf("no repository: %v", err)
	}
	r := newRepo(t)
	r.commit("a.ts", "1\n")
	for _, rev := range []string{"nothing", "--all", "-h", "HEAD:a.ts", ""} {
		if _, err := Scan(context.Background(), r.dir, scanner(t), Range{To: rev, From: "x"}); core.CodeOf(err) != core.NotFound {
			t.Errorf("%q: %v", rev, err)
		}
	}
}

func TestALargeVersionIsIncomplete(t *testing.T) {
	r := newRepo(t)
	r.commit("big.txt", strings.Repeat("x", secrets.MaxSize+1), "pic.png", "\x89PNG\x00"+strings.Repeat("x", secrets.MaxSize+1))
	if res := r.scan(Range{}); len(res.Incomplete) != 1 || !strings.Contains(res.Incomplete[0], "big.txt") {
		t.Errorf("got %q", res.Incomplete)
	}
}

func FuzzReadCommits(f *testing.F) {
	id, other := strings.Repeat("a", 40), strings.Repeat("b", 40)
	f.Add([]byte(id + "\x00subject\n\x00\x00\n:100644 100644 " + id + " " + other + " M\x00a.ts\x00" + other + "\x00\x00"))
	f.Add([]byte(id + "\x00m\x00\x00\x00::100644 100644 100644 " + id + " " + id + " " + other + " MM\x00f\x00"))
	f.Add([]byte(":\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		_ = readCommits(bufio.NewReader(bytes.NewReader(in)), func(c commit) error {
			for _, v := range c.files {
				if v.path == "" || v.new != "" && !isID(v.new) {
					t.Errorf("%+v", v)
				}
			}
			return nil
		})
	})
}

// TestOnAFolder measures: PADDOCK_HISTORY=folder go test -run TestOnAFolder -v
func TestOnAFolder(t *testing.T) {
	dir := os.Getenv("PADDOCK_HISTORY")
	if dir == "" {
		t.Skip("PADDOCK_HISTORY names no repository")
	}
	res := repo{t, dir}.scan(Range{})
	t.Logf("%s; %d findings; %q", res.Looked, len(res.Findings), res.Incomplete)
	for _, f := range res.Findings {
		t.Logf("%s %s:%d %s %s", f.Code, f.Path, f.Line, f.Details, f.Quote)
	}
}

func TestAKeyFileIsKnownByItsName(t *testing.T) {
	r := newRepo(t)
	r.commit("a/cert.p12", "\x00\x01\x02", "b/cert.p12", "\x00\x01\x03")
	if got, want := summary(r.scan(Range{})), "history_secret a/cert.p12:0\nhistory_secret b/cert.p12:0\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestArchivesOfOldAreSearched(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("conf/a.ts")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(w, "x\nk = '%s'\n", key(1)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r := newRepo(t)
	r.commit("old.zip", b.String())
	r.git("rm", "-q", "old.zip")
	r.commit()
	if got, want := summary(r.scan(Range{})), "history_secret old.zip!/conf/a.ts:2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
