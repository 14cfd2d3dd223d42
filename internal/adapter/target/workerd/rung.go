package workerd

import "os"

// Rung says in plain words which protections are in force on this machine,
// strongest set first; platform engineers see it on the status page.
func (e *Engine) Rung() string {
	walls := "each app has its own namespaces, file system and network, without capabilities, under Landlock and seccomp"
	if !e.spaces {
		walls = "no namespaces on this machine: each app is held by Landlock and seccomp, and can open unix sockets only"
	}
	user := "runs as the server's own user"
	if os.Getuid() == 0 {
		user = "runs as an unprivileged user"
	}
	limits := "no cgroups to write: memory is held by RLIMIT_DATA and a watchdog, CPU by the time limit only"
	if e.groups != nil {
		limits = e.groups.words()
	}
	return walls + "; it " + user + "; " + limits
}
