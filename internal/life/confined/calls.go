package confined

import (
	"runtime"
	"slices"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// allowed are the system calls of a process that computes: memory, threads, time, and
// reading and writing what is open. Nothing that starts a program, reaches another
// process, or looks at files. Calls that the machine does not have are left out.
var allowed = []string{
	"read", "readv", "pread64", "write", "writev", "pwrite64", "close", "lseek", "fstat", "fcntl", "poll", "ppoll",
	"epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2", "pipe2",
	"mmap", "munmap", "mremap", "mprotect", "madvise", "mincore", "brk", "membarrier",
	"exit", "exit_group", "futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "arch_prctl",
	"sched_yield", "sched_getaffinity", "getpid", "getppid", "gettid", "tgkill", "restart_syscall",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "setitimer", "timer_create", "timer_settime", "timer_delete",
	"nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "getrandom", "getrusage", "times", "sysinfo",
	"getrlimit", "prlimit64", "uname", "prctl",
}

// lookups are those that tell about files, and those that would open one if one more
// could be open.
var lookups = []string{"open", "openat", "openat2", "stat", "lstat", "newfstatat", "statx", "readlink", "readlinkat", "access", "faccessat", "faccessat2", "getcwd"}

// onlyAllowed refuses all other system calls to every thread, for good. A kernel
// without such filters is left as it is.
func onlyAllowed(more []string) error {
	machine, err := arch.GetInfo("")
	if err != nil || !seccomp.Supported() {
		return nil
	}
	there := func(names []string) (out []string) {
		for _, name := range names {
			if _, ok := machine.SyscallNames[name]; ok {
				out = append(out, name)
			}
		}
		return out
	}
	enosys := seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)
	runtime.LockOSThread() // the right to filter is a thread's own
	defer runtime.UnlockOSThread()
	return seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: seccomp.Policy{
		DefaultAction: seccomp.ActionErrno, // EPERM
		Syscalls: []seccomp.SyscallGroup{
			{Action: enosys, Names: there([]string{"clone3"})}, // it hides its flags in memory; libc then uses clone
			{Action: seccomp.ActionAllow, Names: there(slices.Concat(allowed, more)), NamesWithCondtions: []seccomp.NameWithConditions{
				{Name: "clone", Conditions: []seccomp.Condition{{Argument: 0, Operation: seccomp.BitsSet, Value: unix.CLONE_THREAD}}},
			}},
		},
	}})
}
