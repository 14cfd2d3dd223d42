package workerd

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// v2Groups are cgroup version 2 folders below dir.
type v2Groups struct{ dir string }

// openV2 uses the cgroup the server runs in, if it was delegated (systemd:
// Delegate=yes), or as root the top of the tree; nil if neither can be had.
func openV2(own string) groups {
	offered, err := os.ReadFile(filepath.Join(cgroupRoot, "cgroup.controllers"))
	if err != nil || !strings.Contains(string(offered), "memory") {
		return nil
	}
	base := filepath.Join(cgroupRoot, own)
	if enableBelow(base) == nil {
		return serverGroupV2(base)
	}
	if os.Geteuid() == 0 && enableControllers(cgroupRoot) == nil {
		return serverGroupV2(cgroupRoot)
	}
	return nil
}

// enableBelow moves the server into a child group, because a group with
// processes of its own cannot hand controllers on, and then does so.
func enableBelow(base string) error {
	if base == cgroupRoot {
		return enableControllers(base)
	}
	leaf := filepath.Join(base, "paddock.server")
	if err := os.Mkdir(leaf, 0o755); err != nil && !os.IsExist(err) {
		return err
	}
	if err := writeFile(leaf, "cgroup.procs", strconv.Itoa(os.Getpid())); err != nil {
		return err
	}
	if err := enableControllers(base); err != nil {
		// Others live in this group: go back, it is not ours to divide.
		_ = writeFile(base, "cgroup.procs", strconv.Itoa(os.Getpid()))
		_ = os.Remove(leaf)
		return err
	}
	return nil
}

func enableControllers(dir string) error {
	return writeFile(dir, "cgroup.subtree_control", "+memory +pids +cpu")
}

func serverGroupV2(base string) groups {
	sweep(base)
	dir := filepath.Join(base, serverName())
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil
	}
	if err := enableControllers(dir); err != nil {
		_ = os.Remove(dir)
		return nil
	}
	return &v2Groups{dir: dir}
}

func (*v2Groups) words() string { return "cgroup v2 limits for memory, CPU and threads" }

func (g *v2Groups) close() { emptyGroup(g.dir) }

func (g *v2Groups) create(name string, limits core.Guardrails) (group, error) {
	dir := filepath.Join(g.dir, name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	for _, w := range [][2]string{
		{"memory.max", strconv.Itoa(limits.MemoryMiB << 20)},
		{"memory.oom.group", "1"},
		{"pids.max", strconv.Itoa(maxTasks)},
		{"cpu.max", cpuMax(max(limits.CPUMillis, startMillis))},
	} {
		if err := writeFile(dir, w[0], w[1]); err != nil {
			_ = os.Remove(dir)
			return nil, err
		}
	}
	_ = writeFile(dir, "memory.swap.max", "0") // absent where swap is not accounted
	return v2Group(dir), nil
}

type v2Group string

func (g v2Group) add(pid int) error { return writeFile(string(g), "cgroup.procs", strconv.Itoa(pid)) }

func (g v2Group) limitCPU(millis int) error { return writeFile(string(g), "cpu.max", cpuMax(millis)) }

func cpuMax(millis int) string { return fmt.Sprintf("%d %d", quotaUS(millis), cpuPeriodUS) }

func (g v2Group) outOfMemory() bool { return counter(string(g), "memory.events", "oom_kill") > 0 }

func (g v2Group) remove() {
	_ = writeFile(string(g), "cgroup.kill", "1")
	emptyGroup(string(g))
}
