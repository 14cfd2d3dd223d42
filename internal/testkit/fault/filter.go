package fault

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socketEnv tells a child the number of the socket to its test, and becomeEnv
// the program that it is to become.
const (
	socketEnv = "PADDOCK_TEST_FAULT_SOCKET"
	becomeEnv = "PADDOCK_TEST_FAULT_BECOME"
)

// calls are the system calls that the test is asked about, by number.
func calls() map[uintptr]string {
	all := map[uintptr]string{unix.SYS_WRITE: "write", unix.SYS_PWRITE64: "pwrite", unix.SYS_WRITEV: "writev", unix.SYS_FSYNC: "fsync", unix.SYS_FDATASYNC: "fdatasync",
		unix.SYS_FTRUNCATE: "ftruncate", unix.SYS_UNLINKAT: "unlinkat", unix.SYS_RENAMEAT: "renameat", unix.SYS_RENAMEAT2: "renameat2"}
	if runtime.GOARCH == "amd64" { // the older calls, which newer machines do not have
		all[82], all[87] = "rename", "unlink"
	}
	return all
}

// Confine puts this process, with all its threads and future children, under
// the eyes of the test that started it by Start. Without such a test it does
// nothing.
func Confine() error {
	socket, err := strconv.Atoi(os.Getenv(socketEnv))
	if err != nil {
		return nil
	}
	os.Unsetenv(socketEnv)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("fault: no new privileges: %w", err)
	}
	program := filter()
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	flags := uintptr(unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH | unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
	listener, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return fmt.Errorf("fault: the filter is not taken (it needs Linux 5.19): %w", errno)
	}
	if err := unix.Sendmsg(socket, []byte{1}, unix.UnixRights(int(listener)), nil, 0); err != nil {
		return fmt.Errorf("fault: handing over the listener: %w", err)
	}
	unix.Close(int(listener))
	unix.Close(socket)
	return nil
}

// filter lets the test decide about the calls, and everything else happen.
func filter() []unix.SockFilter {
	const nr = 0 // offset in struct seccomp_data
	f := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: nr}}
	left := uint8(len(calls()))
	for number := range calls() {
		f = append(f, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: left, K: uint32(number)})
		left--
	}
	return append(f, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF})
}

// As makes cmd start by way of this test binary, so that a program which knows
// nothing of faults is confined too. The test binary's TestMain has to call Become.
func As(cmd *exec.Cmd) {
	cmd.Env = append(cmd.Environ(), becomeEnv+"="+cmd.Path)
	cmd.Path = os.Args[0]
}

// Become turns this process into the program that As named, confined. Without
// such a name it does nothing; else it returns only to report a failure.
func Become() error {
	program := os.Getenv(becomeEnv)
	if program == "" {
		return nil
	}
	if err := Confine(); err != nil {
		return err
	}
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, becomeEnv+"=") {
			env = append(env, e)
		}
	}
	return syscall.Exec(program, os.Args, env)
}
