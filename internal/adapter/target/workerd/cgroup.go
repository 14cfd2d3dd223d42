package workerd

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/paddock-dev/paddock/internal/core"
)

// startMillis is the CPU share an app has while it starts: a cold start on a
// quarter of a core would keep people waiting.
const startMillis = 1000

// maxTasks is how many threads one app's engine may have.
const maxTasks = 64

// group holds the limits of one app's process.
type group interface {
	// add puts the process in; it is called before the process runs app code.
	add(pid int) error
	// limitCPU sets the share of a core, in thousandths.
	limitCPU(millis int) error
	// outOfMemory reports whether the kernel killed in this group.
	outOfMemory() bool
	// remove kills what is left inside and takes the group away.
	remove()
}

// groups makes groups; it stands for one way the machine offers limits.
type groups interface {
	// create makes a group with the memory limit of limits and at least
	// startMillis of CPU.
	create(name string, limits core.Guardrails) (group, error)
	// close removes the server's own groups.
	close()
	// words says which limits the groups hold.
	words() string
}

// findGroups picks the strongest limits on offer, or nil. Groups that a dead
// server left are removed, and whatever still runs in them is killed.
func findGroups() groups {
	own := ownGroups()
	if g := openV2(own[""]); g != nil {
		return g
	}
	if g := openV1(own); g != nil {
		return g
	}
	return nil
}

const cgroupRoot = "/sys/fs/cgroup"

// ownGroups reads the cgroup of this process per controller; "" is version 2.
func ownGroups() map[string]string {
	own := map[string]string{}
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return own
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		for controller := range strings.SplitSeq(parts[1], ",") {
			own[controller] = parts[2]
		}
	}
	return own
}

// serverPrefix starts the name of every server's folder of groups.
const serverPrefix = "paddock-"

// serverName names this server's folder of groups: its pid and start time, so
// that a later server can tell whether its maker still lives.
func serverName() string {
	pid := os.Getpid()
	return fmt.Sprintf("%s%d-%d", serverPrefix, pid, startTime(pid))
}

// sweep removes the groups in dir whose server is dead.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), serverPrefix)
		pidText, startText, ok2 := strings.Cut(rest, "-")
		pid, err := strconv.Atoi(pidText)
		if !ok || !ok2 || err != nil || strconv.FormatInt(startTime(pid), 10) == startText {
			continue
		}
		server := filepath.Join(dir, e.Name())
		inner, err := os.ReadDir(server)
		if err != nil {
			continue
		}
		for _, app := range inner {
			if app.IsDir() {
				emptyGroup(filepath.Join(server, app.Name()))
			}
		}
		emptyGroup(server)
	}
}

// emptyGroup kills every process in the group and removes it. Processes in a
// group of ours are apps, so nothing else can be hit.
func emptyGroup(dir string) {
	for range 100 {
		if err := unix.Rmdir(dir); err == nil || err == unix.ENOENT {
			return
		}
		text, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
		if err != nil {
			return
		}
		for field := range strings.FieldsSeq(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil && pid > 1 && pid != os.Getpid() {
				_ = unix.Kill(pid, unix.SIGKILL)
			}
		}
		// A killed process leaves its group a moment later; wait on it by pidfd.
		waitGone(string(text))
	}
}

// waitGone waits until the listed processes ended, 50 ms at most for each.
func waitGone(pids string) {
	for field := range strings.FieldsSeq(pids) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			continue
		}
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			continue
		}
		_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 50)
		_ = unix.Close(fd)
	}
}

func writeFile(dir, name, value string) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// counter reads "key N" out of a flat keyed cgroup file; 0 if it is not there.
func counter(dir, name, key string) int64 {
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == key {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n
		}
	}
	return 0
}
