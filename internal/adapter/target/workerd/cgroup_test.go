package workerd

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The groups of a dead server are removed, those of a living one stay.
func TestSweep(t *testing.T) {
	base := t.TempDir()
	mine := serverName()
	stale := fmt.Sprintf("%s%d-%d", serverPrefix, os.Getpid(), startTime(os.Getpid())+1) // the pid, used again
	for _, name := range []string{mine + "/app", stale + "/app", serverPrefix + "4194303-7/app", "other/app", serverPrefix + "odd"} {
		if err := os.MkdirAll(filepath.Join(base, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	sweep(base)
	for name, want := range map[string]bool{mine + "/app": true, stale: false, serverPrefix + "4194303-7": false, "other/app": true, serverPrefix + "odd": true} {
		if _, err := os.Stat(filepath.Join(base, name)); (err == nil) != want {
			t.Errorf("%s: there %v, want %v", name, err == nil, want)
		}
	}
}

func TestCounter(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "memory.events"), []byte("low 0\noom 4\noom_kill 3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := counter(dir, "memory.events", "oom_kill"); got != 3 {
		t.Errorf("oom_kill is %d", got)
	}
	if got := counter(dir, "nothing", "oom_kill"); got != 0 {
		t.Errorf("a file that is not there counts %d", got)
	}
	if !v2Group(dir).outOfMemory() {
		t.Error("version 2 does not see the kill")
	}
}
