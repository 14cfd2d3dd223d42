package workerd

import (
	"runtime"
	"unsafe"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// deniedCalls are the system calls an app engine has no use for and an
// attacker has: new namespaces and mounts, other processes, kernel interfaces.
// Calls the machine's architecture does not have are left out when loading.
var deniedCalls = []string{
	"mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_tree", "move_mount", "fsopen",
	"fsconfig", "fsmount", "fspick", "mount_setattr",
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp",
	"kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "bpf", "perf_event_open",
	"userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
	"add_key", "request_key", "keyctl", "quotactl", "quotactl_fd", "swapon", "swapoff", "reboot", "acct", "syslog",
	"settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "open_by_handle_at", "name_to_handle_at",
	"fanotify_init", "lookup_dcookie", "personality", "vhangup", "move_pages", "migrate_pages",
	"iopl", "ioperm", "modify_ldt", "uselib", "ustat", "sysfs", "_sysctl", "nfsservctl", "vm86", "vm86old",
	"mknod", "mknodat", "setuid", "setgid", "setresuid", "setresgid", "setgroups", "capset",
	"msgget", "semget", "shmget", "mq_open",
}

// newNamespaces are the clone flags that would make a namespace.
const newNamespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET |
	unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

// filterSyscalls loads the filters; a kernel without seccomp is left as it is,
// and Rung says so.
func filterSyscalls() error {
	machine, err := arch.GetInfo("")
	if err != nil || !seccomp.Supported() {
		return nil
	}
	eperm := seccomp.ActionErrno | seccomp.Action(unix.EPERM)
	enosys := seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)
	groups := []seccomp.SyscallGroup{
		{Action: eperm, Names: known(machine, deniedCalls)},
		// Only unix sockets: the first argument of socket is the family.
		{Action: eperm, NamesWithCondtions: []seccomp.NameWithConditions{
			{Name: "socket", Conditions: []seccomp.Condition{{Argument: 0, Operation: seccomp.NotEqual, Value: unix.AF_UNIX}}},
			{Name: "clone", Conditions: []seccomp.Condition{{Argument: 0, Operation: seccomp.BitsSet, Value: newNamespaces}}},
		}},
		// clone3 hides its flags in memory; ENOSYS makes glibc use clone.
		{Action: enosys, Names: []string{"clone3"}},
	}
	if err := nativeCallsOnly(); err != nil {
		return err
	}
	return seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true,
		Policy:     seccomp.Policy{DefaultAction: seccomp.ActionAllow, Syscalls: groups},
	})
}

func known(machine *arch.Info, names []string) []string {
	var out []string
	for _, name := range names {
		if _, ok := machine.SyscallNames[name]; ok {
			out = append(out, name)
		}
	}
	return out
}

// nativeCallsOnly refuses system calls of another ABI (32-bit calls on a
// 64-bit machine). The deny list's own program lets those through, because
// their numbers mean other calls.
func nativeCallsOnly() error {
	native, ok := map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]
	if !ok {
		return nil
	}
	const archOffset = 4 // in struct seccomp_data
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: archOffset},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: native},
		{Code: unix.BPF_RET | unix.BPF_K, K: uint32(seccomp.ActionErrno) | uint32(unix.ENOSYS)},
		{Code: unix.BPF_RET | unix.BPF_K, K: uint32(seccomp.ActionAllow)},
	}
	load := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&load)), 0, 0)
}
