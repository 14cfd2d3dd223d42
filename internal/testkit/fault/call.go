package fault

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Call is one system call that a child is about to make.
type Call struct {
	Name string // write, pwrite, writev, fsync, fdatasync, ftruncate, unlink, rename and their variants
	Path string // the file; "pipe:[1]" and the like for what is none
	Size int    // bytes of a write
	Fd   int    // the child's number for the file; 0 for calls that take a path

	pid  int     // of the thread
	addr uintptr // of a write's bytes
	at   int64   // where a pwrite goes
}

// File reports whether the call changes the file system, and not a pipe or socket.
func (c Call) File() bool {
	return strings.HasPrefix(c.Path, "/") && !strings.HasPrefix(c.Path, "/dev/") && !strings.HasPrefix(c.Path, "/proc/")
}

// Syncs reports whether the call makes a file durable.
func (c Call) Syncs() bool { return c.Name == "fsync" || c.Name == "fdatasync" }

// String says what is about to happen to which file.
func (c Call) String() string { return fmt.Sprintf("%s %s", c.Name, filepath.Base(c.Path)) }

// read fills the call from the kernel's notification.
func (n notification) read() Call {
	name := calls()[uintptr(n.nr)]
	c := Call{Name: strings.TrimSuffix(strings.TrimSuffix(name, "2"), "at"), pid: int(n.pid), Fd: int(int32(n.args[0]))}
	switch name {
	case "rename", "unlink":
		c.Path = c.text(uintptr(n.args[0]))
		return c
	case "renameat", "renameat2", "unlinkat":
		c.Path = c.text(uintptr(n.args[1]))
		return c
	case "write", "pwrite":
		c.addr, c.Size, c.at = uintptr(n.args[1]), int(n.args[2]), int64(n.args[3])
	}
	c.Path, _ = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", c.pid, c.Fd))
	return c
}

// text reads a path from the child's memory and makes it absolute.
func (c Call) text(addr uintptr) string {
	b, _ := c.memory(addr, 256)
	if b == nil { // the end of a mapping
		b, _ = c.memory(addr, 64)
	}
	path, _, _ := bytes.Cut(b, []byte{0})
	if len(path) > 0 && path[0] != '/' {
		dir, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", c.pid))
		return filepath.Join(dir, string(path))
	}
	return string(path)
}

func (c Call) memory(addr uintptr, size int) ([]byte, error) {
	b := make([]byte, size)
	n, err := unix.ProcessVMReadv(c.pid, []unix.Iovec{{Base: &b[0], Len: uint64(size)}}, []unix.RemoteIovec{{Base: addr, Len: size}}, 0)
	if err != nil {
		return nil, err
	}
	return b[:n], nil
}

// Data returns the first bytes of a write, at most n.
func (c Call) Data(n int) []byte {
	if c.addr == 0 || c.Size == 0 {
		return nil
	}
	b, _ := c.memory(c.addr, min(n, c.Size))
	return b
}

// deafen sends a write to a socket in the child's place, takes the answer away,
// and ends the connection.
func (c Call) deafen() error {
	b, err := c.memory(c.addr, c.Size)
	if err != nil {
		return err
	}
	process, err := unix.PidfdOpen(c.leader(), 0)
	if err != nil {
		return err
	}
	defer unix.Close(process)
	fd, err := unix.PidfdGetfd(process, c.Fd, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if _, err := unix.Write(fd, b); err != nil {
		return err
	}
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for n, err := unix.Poll(poll, 10_000); n == 0 || err != nil; n, err = unix.Poll(poll, 10_000) {
		if err != unix.EINTR {
			return fmt.Errorf("fault: no answer came: %w", err)
		}
	}
	_, err = unix.Read(fd, make([]byte, 1<<16))
	_ = unix.Shutdown(fd, unix.SHUT_RDWR)
	return err
}

// leader is the process that the thread belongs to.
func (c Call) leader() int {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.pid))
	_, rest, _ := strings.Cut(string(b), "Tgid:")
	pid, _ := strconv.Atoi(strings.TrimSpace(strings.SplitN(rest, "\n", 2)[0]))
	return pid
}

// tear makes the first half of a pwrite happen, in whole sectors if it is long.
func (c Call) tear() error {
	half := c.Size / 2
	if half > 512 {
		half -= half % 512
	}
	if c.Name != "pwrite" || half == 0 {
		return nil
	}
	b, err := c.memory(c.addr, half)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/%d", c.pid, c.Fd), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteAt(b, c.at)
	return err
}
