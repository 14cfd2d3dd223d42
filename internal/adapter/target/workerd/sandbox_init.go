package workerd

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// exitSandbox is the exit code of a sandbox that could not be built.
const exitSandbox = 125

// sandboxFailed starts the one line a failed sandbox prints.
const sandboxFailed = "sandbox: "

// SandboxInit builds the sandbox around the calling process and becomes the
// app engine; it returns, with an exit code, only if that failed or the spec
// was a probe. main calls it, before anything else, when os.Args[1] is SandboxArg.
func SandboxInit() int {
	// Privileges and seccomp are per thread until exec: stay on this one.
	runtime.LockOSThread()
	if err := becomeApp(); err != nil {
		fmt.Fprintln(os.Stderr, sandboxFailed+err.Error())
		return exitSandbox
	}
	return 0
}

func becomeApp() error {
	lifeline := os.NewFile(specFD, "spec")
	var s spec
	if err := json.NewDecoder(lifeline).Decode(&s); err != nil {
		return fmt.Errorf("reading the spec: %w", err)
	}
	if err := isolate(s); err != nil {
		return err
	}
	if err := limitResources(s); err != nil {
		return fmt.Errorf("setting limits: %w", err)
	}
	if err := dropPrivileges(s); err != nil {
		return fmt.Errorf("dropping privileges: %w", err)
	}
	if err := dieWithServer(lifeline); err != nil {
		return err
	}
	if err := restrictFiles(s); err != nil {
		return fmt.Errorf("restricting files: %w", err)
	}
	if err := filterSyscalls(); err != nil {
		return fmt.Errorf("filtering system calls: %w", err)
	}
	if s.Probe {
		return nil
	}
	unix.CloseOnExec(specFD)
	return fmt.Errorf("starting %s: %w", s.Exec[0], unix.Exec(s.Exec[0], s.Exec, s.Env))
}

// isolate gives the process its own root file system and host name, or only
// its working directory where there are no namespaces.
func isolate(s spec) error {
	if s.Root == "" {
		return os.Chdir(s.Sockets)
	}
	if err := buildRoot(s); err != nil {
		return fmt.Errorf("building the file system: %w", err)
	}
	return unix.Sethostname([]byte("app"))
}

// dieWithServer makes the kernel end this process when the server's spawning
// thread is gone. It comes after the last change of credentials, which would
// clear it; the lifeline tells whether the server died before.
func dieWithServer(lifeline *os.File) error {
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return err
	}
	fds := []unix.PollFd{{Fd: int32(lifeline.Fd()), Events: unix.POLLIN}}
	if _, err := unix.Poll(fds, 0); err != nil {
		return err
	}
	if fds[0].Revents&unix.POLLHUP != 0 {
		return fmt.Errorf("the server is gone")
	}
	return nil
}
