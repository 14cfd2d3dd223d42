package fault

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Verdict is what becomes of a call. The zero value lets it happen.
type Verdict struct {
	Errno syscall.Errno // fail with this
	Delay time.Duration // happen so much later
	Kill  bool          // kill the child and its children instead
	Tear  bool          // before the kill, half of the write happens
	Deaf  bool          // a write to a socket happens, its answer is lost, and the connection ends; a kill comes after that
}

// Watch decides about one call after the other. It is never called twice at once.
type Watch func(c Call) Verdict

// notification is struct seccomp_notif.
type notification struct {
	id    uint64
	pid   uint32
	flags uint32
	nr    int32
	arch  uint32
	ip    uint64
	args  [6]uint64
}

// response is struct seccomp_notif_resp.
type response struct {
	id    uint64
	val   int64
	err   int32
	flags uint32
}

// Child is a process under a Watch.
type Child struct {
	cmd    *exec.Cmd
	watch  Watch
	loop   sync.WaitGroup
	failed error
}

// Start starts cmd, whose process must call Confine, and asks watch about its
// calls from then on. The child leads a process group of its own.
func Start(cmd *exec.Cmd, watch Watch) (*Child, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("fault: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "fault")
	cmd.ExtraFiles = append(cmd.ExtraFiles, theirs)
	cmd.Env = append(cmd.Environ(), fmt.Sprintf("%s=%d", socketEnv, 2+len(cmd.ExtraFiles)))
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		unix.Close(pair[0])
		return nil, err
	}
	c := &Child{cmd: cmd, watch: watch}
	c.loop.Add(1)
	go func() {
		defer c.loop.Done()
		defer unix.Close(pair[0])
		listener, err := listenerFrom(pair[0])
		if err != nil {
			return // it ended before it was confined; Wait says how
		}
		defer unix.Close(listener)
		c.failed = c.serve(listener)
	}()
	return c, nil
}

// Kill kills the child and its children.
func (c *Child) Kill() { _ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) }

// Wait waits for the child's end and returns how it ended, as exec.Cmd does.
func (c *Child) Wait() error {
	err := c.cmd.Wait()
	c.loop.Wait()
	return errors.Join(err, c.failed)
}

func listenerFrom(socket int) (int, error) {
	b, oob := make([]byte, 1), make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(socket, b, oob, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return 0, err
	}
	messages, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil || len(messages) == 0 {
		return 0, errors.New("fault: no listener came")
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return 0, err
	}
	return fds[0], nil
}

// serve answers notifications until no process is left under the filter.
func (c *Child) serve(listener int) error {
	for {
		poll := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); err != nil {
			if err == unix.EINTR {
				continue
			}
			return err
		}
		if poll[0].Revents&unix.POLLIN == 0 {
			return nil // hung up: all are gone
		}
		var n notification
		if errno := ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&n)); errno != 0 {
			if errno == unix.ENOENT || errno == unix.EINTR {
				continue // killed before we heard of it
			}
			return errno
		}
		if err := c.answer(listener, n); err != nil {
			return err
		}
	}
}

func (c *Child) answer(listener int, n notification) error {
	call := n.read()
	v := c.watch(call)
	if v.Delay > 0 {
		time.Sleep(v.Delay)
	}
	if v.Deaf {
		if err := call.deafen(); err != nil {
			c.Kill()
			return err
		}
	}
	if v.Kill {
		var err error
		if v.Tear {
			err = call.tear()
		}
		c.Kill()
		return err
	}
	r := response{id: n.id}
	if v.Deaf {
		r.val = int64(call.Size)
	} else if v.Errno != 0 {
		r.err = -int32(v.Errno)
	} else {
		r.flags = unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE
	}
	if errno := ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&r)); errno != 0 && errno != unix.ENOENT {
		return errno
	}
	return nil
}

func ioctl(fd int, request uintptr, arg unsafe.Pointer) syscall.Errno {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(arg))
		if errno != unix.EINTR {
			return errno
		}
	}
}
