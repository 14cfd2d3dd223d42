package workerd

import (
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/paddock-dev/paddock/internal/core"
)

// v1Controllers are the version 1 hierarchies that hold an app's limits.
var v1Controllers = []string{"memory", "cpu", "pids"}

// cpuPeriodUS is the window in which an app may use its share of a core.
const cpuPeriodUS = 100_000

// quotaUS is the share of the window for thousandths of a core; the kernel
// takes no less than a millisecond.
func quotaUS(millis int) int { return max(millis*cpuPeriodUS/1000, 1000) }

// v1Groups are cgroup version 1 folders, one per controller, below the
// server's own groups.
type v1Groups struct{ dirs map[string]string }

func openV1(own map[string]string) groups {
	g := &v1Groups{dirs: map[string]string{}}
	for _, c := range v1Controllers {
		mounted := filepath.Join(cgroupRoot, c)
		base := filepath.Join(mounted, own[c])
		if _, err := os.Stat(filepath.Join(base, "cgroup.procs")); err != nil {
			base = mounted // inside a container the own path is often not visible
		}
		sweep(base)
		dir := filepath.Join(base, serverName())
		if err := os.Mkdir(dir, 0o755); err != nil {
			g.close()
			return nil
		}
		g.dirs[c] = dir
	}
	return g
}

func (*v1Groups) words() string { return "cgroup v1 limits for memory, CPU and threads" }

func (g *v1Groups) close() {
	for _, dir := range g.dirs {
		emptyGroup(dir)
	}
}

func (g *v1Groups) create(name string, limits core.Guardrails) (group, error) {
	out := v1Group{dirs: map[string]string{}}
	for _, c := range v1Controllers {
		dir := filepath.Join(g.dirs[c], name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			out.remove()
			return nil, err
		}
		out.dirs[c] = dir
	}
	bytes := strconv.Itoa(limits.MemoryMiB << 20)
	for _, w := range [][3]string{
		{"memory", "memory.limit_in_bytes", bytes},
		{"cpu", "cpu.cfs_period_us", strconv.Itoa(cpuPeriodUS)},
		{"cpu", "cpu.cfs_quota_us", strconv.Itoa(quotaUS(max(limits.CPUMillis, startMillis)))},
		{"pids", "pids.max", strconv.Itoa(maxTasks)},
	} {
		if err := writeFile(out.dirs[w[0]], w[1], w[2]); err != nil {
			out.remove()
			return nil, err
		}
	}
	// Swap counts too, where the kernel accounts it.
	_ = writeFile(out.dirs["memory"], "memory.memsw.limit_in_bytes", bytes)
	return out, nil
}

type v1Group struct{ dirs map[string]string }

func (g v1Group) add(pid int) error {
	for _, dir := range g.dirs {
		if err := writeFile(dir, "cgroup.procs", strconv.Itoa(pid)); err != nil {
			return err
		}
	}
	return nil
}

func (g v1Group) limitCPU(millis int) error {
	return writeFile(g.dirs["cpu"], "cpu.cfs_quota_us", strconv.Itoa(quotaUS(millis)))
}

func (g v1Group) outOfMemory() bool {
	return counter(g.dirs["memory"], "memory.oom_control", "oom_kill") > 0
}

func (g v1Group) remove() {
	for _, dir := range g.dirs {
		if err := unix.Rmdir(dir); err != nil {
			emptyGroup(dir)
		}
	}
}
