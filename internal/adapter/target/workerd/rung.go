package workerd

import (
	"strings"

	seccomp "github.com/elastic/go-seccomp-bpf"
	landlock "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// Rung says in plain words which protections are in force on this machine;
// platform engineers see it on the status page.
func (e *Engine) Rung() string {
	walls := "each app has its own namespaces, file system and network, without capabilities"
	if !e.spaces {
		walls = "no namespaces on this machine: each app shares the server's view, without capabilities"
	}
	user := "runs as the server's own user"
	if serviceUser(e.spaces) >= 0 {
		user = "runs as an unprivileged user"
	}
	limits := "no cgroups to write: memory is held by RLIMIT_DATA and a watchdog, CPU by the time limit only"
	if e.groups != nil {
		limits = e.groups.words()
	}
	return strings.Join([]string{walls, filters(), "it " + user, limits}, "; ")
}

// filters says which of the two kernel filters the machine has.
func filters() string {
	version, err := landlock.LandlockGetABIVersion()
	files, calls := err == nil && version > 0, seccomp.Supported()
	switch {
	case files && calls:
		return "Landlock limits its files, and seccomp its system calls to unix sockets and harmless ones"
	case files:
		return "Landlock limits its files; this kernel has no seccomp"
	case calls:
		return "seccomp limits its system calls to unix sockets and harmless ones; this kernel has no Landlock"
	}
	return "this kernel has neither Landlock nor seccomp"
}
