package planted

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// ways are all ways to check what lies in a repository.
func ways() [][]string {
	return [][]string{{"."}, {".", "--history"}, {".", "--staged"}, {".", "--since", "HEAD~1"}, {"HEAD"}, {"HEAD~1..HEAD"}}
}

// baited is a repository whose settings, hooks and attributes start a program
// wherever git lets them. The program leaves a mark.
func baited(t *testing.T) (dir, mark string, env []string) {
	t.Helper()
	files := tracker(t)
	files[".gitattributes"] = "* diff=evil filter=evil merge=evil\n"
	dir, mark = committed(t, files), filepath.Join(t.TempDir(), "ran")
	put("src/list.ts", "export const list = 1;\n")(t, dir)
	git(t, dir, "add", "-A")
	put("src/list.ts", "export const list = 2;\n")(t, dir)

	evil := filepath.Join(t.TempDir(), "evil.sh")
	if err := os.WriteFile(evil, []byte("#!/bin/sh\necho \"$0 $*\" >>"+mark+"\n[ -t 0 ] || cat\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	more := filepath.Join(t.TempDir(), "more")
	settings := map[string]string{"core.fsmonitor": evil, "core.hooksPath": ".git/hooks", "core.pager": evil, "core.editor": evil, "core.askPass": evil, "core.sshCommand": evil, "core.gitProxy": evil,
		"core.alternateRefsCommand": evil, "diff.external": evil, "diff.evil.textconv": evil, "diff.evil.command": evil, "filter.evil.clean": evil, "filter.evil.smudge": evil, "filter.evil.process": evil,
		"filter.evil.required": "true", "merge.evil.driver": evil, "gpg.program": evil, "log.showSignature": "true", "credential.helper": "!" + evil, "uploadpack.packObjectsHook": evil,
		"extensions.partialClone": "origin", "remote.origin.promisor": "true", "remote.origin.url": "ext::" + evil, "protocol.ext.allow": "always", "include.path": more}
	for _, name := range []string{"status", "log", "diff", "rev-list", "rev-parse", "cat-file", "ls-files", "ls-tree", "diff-index", "diff-tree"} {
		settings["alias."+name] = "!" + evil
	}
	for key, value := range settings {
		git(t, dir, "config", "-f", ".git/config", key, value)
	}
	if err := os.WriteFile(more, []byte("[core]\n\tfsmonitor = "+evil+"\n[diff]\n\texternal = "+evil+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pre-commit", "post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"} {
		if err := os.WriteFile(filepath.Join(dir, ".git/hooks", name), []byte("#!/bin/sh\nexec "+evil+" "+name+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	env = []string{"GIT_EXTERNAL_DIFF=" + evil, "GIT_SSH_COMMAND=" + evil, "GIT_PAGER=" + evil, "GIT_ASKPASS=" + evil, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.fsmonitor", "GIT_CONFIG_VALUE_0=" + evil}
	return dir, mark, env
}

// TestSettingsOfARepositoryStartNothing checks such a repository in every way.
// That git itself falls for it is shown first.
func TestSettingsOfARepositoryStartNothing(t *testing.T) {
	dir, mark, env := baited(t)
	for _, args := range [][]string{{"status", "--porcelain"}, {"diff"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
		_ = cmd.Run() // what it says of the bait is of no interest
		if _, err := os.Stat(mark); err != nil {
			t.Fatalf("the bait does not work: git %v started nothing", args)
		}
		if err := os.Remove(mark); err != nil {
			t.Fatal(err)
		}
	}
	before := below(t, filepath.Join(dir, ".git"))
	for _, way := range ways() {
		e := childIn(t, dir, env, way...)
		if e.code != 0 {
			t.Errorf("%v: code %d: %s %s%s", way, e.code, e.errs, unread(e.report), said(e.report.Findings))
		}
		if ran, err := os.ReadFile(mark); err == nil {
			t.Errorf("%v started a program of the repository: %s", way, ran)
		}
		if after := below(t, filepath.Join(dir, ".git")); !slices.Equal(before, after) {
			t.Errorf("%v changed the repository", way)
		}
	}
}

// below lists the files of a folder, with what tells whether one was written.
func below(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil {
			all = append(all, fmt.Sprint(name, info.Size(), info.Mode(), info.ModTime()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestBrokenPacksAreNeverGreen breaks the one pack of a repository in every place
// that matters. The history is then incomplete, whatever git makes of it.
func TestBrokenPacksAreNeverGreen(t *testing.T) {
	dir := committed(t, tracker(t))
	for i := range 5 {
		put("src/list.ts", fmt.Sprintf("export const list = %d;\n%s", i, strings.Repeat("// a line that stays\n", 50)))(t, dir)
		git(t, dir, "add", "-A")
		git(t, dir, "commit", "-q", "-m", "a change")
	}
	git(t, dir, "gc", "-q")
	pack, index := only(t, filepath.Join(dir, ".git/objects/pack/*.pack")), only(t, filepath.Join(dir, ".git/objects/pack/*.idx"))
	if e := inChild(t, dir, "--history"); e.code != 0 {
		t.Fatalf("code %d before anything is broken: %s%s", e.code, unread(e.report), said(e.report.Findings))
	}
	for name, c := range broken(t, pack, index) {
		t.Run(name, func(t *testing.T) {
			old := replaced(t, c.file, c.now)
			defer replaced(t, c.file, old)
			e := inChild(t, dir, "--history")
			if e.code != 2 || e.report.Verdict == core.Passed {
				t.Errorf("code %d, verdict %s", e.code, e.report.Verdict)
			}
			if !strings.Contains(unread(e.report)+e.errs, "git") {
				t.Errorf("it does not say that git is to blame: %s%s", unread(e.report), e.errs)
			}
			if e.cpu > mostTime || e.peak > mostMemory {
				t.Errorf("it took %v of CPU and %d MB", e.cpu, e.peak/1_000_000)
			}
		})
	}
}

type damage struct {
	file string
	now  []byte
}

// broken has the two files of a pack, damaged in one way each.
func broken(t *testing.T, pack, index string) map[string]damage {
	t.Helper()
	p, x := content(t, pack), content(t, index)
	out := map[string]damage{
		"pack cut in half":  {pack, p[:len(p)/2]},
		"pack of nothing":   {pack, nil},
		"pack of zeros":     {pack, make([]byte, len(p))},
		"index cut in half": {index, x[:len(x)/2]},
		"index of nothing":  {index, nil},
		"index of zeros":    {index, make([]byte, len(x))},
	}
	const signature = 20 // at the end, over all before it; git does not look at it, and nothing hangs on it
	for i := range 8 {
		at := 12 + (len(p)-12-signature)*i/8
		now := bytes.Clone(p)
		for j := range 8 {
			now[at+j] ^= 0xff
		}
		out[fmt.Sprintf("pack with bad bytes at %d eighths", i)] = damage{pack, now}
	}
	return out
}

func only(t *testing.T, pattern string) string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %q %v", pattern, list, err)
	}
	return list[0]
}

func content(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// replaced puts a file in place of a read-only one, and returns what it held.
func replaced(t *testing.T, name string, now []byte) []byte {
	t.Helper()
	old := content(t, name)
	if err := os.Chmod(name, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, now, 0o600); err != nil {
		t.Fatal(err)
	}
	return old
}
