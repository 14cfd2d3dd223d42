package history

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// git prepares a command that sees only what borrow shows it, asks nobody, and
// fetches nothing.
func (r *repository) git(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = r.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir, "LC_ALL=C", "TZ=UTC",
		"GIT_DIR=" + r.dir, "GIT_OBJECT_DIRECTORY=" + r.objects, "GIT_INDEX_FILE=" + r.index,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/bin/false", "GIT_PAGER=cat",
		"GIT_CONFIG_COUNT=3", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		"GIT_CONFIG_KEY_1=core.hooksPath", "GIT_CONFIG_VALUE_1=/dev/null", "GIT_CONFIG_KEY_2=core.fsmonitor", "GIT_CONFIG_VALUE_2=false",
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 2 * time.Second
	return cmd
}

// run runs a command to its end and hands its answer to read. An error of git
// counts before one of read.
func (r *repository) run(ctx context.Context, stdin io.Reader, read func(io.Reader) error, args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := r.git(ctx, args...)
	said := &tail{}
	cmd.Stdin, cmd.Stderr = stdin, said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	widen(out)
	readErr := read(out)
	if readErr != nil {
		cancel()
	}
	_, _ = io.Copy(io.Discard, out) // so that git can end
	err = cmd.Wait()
	switch {
	case readErr != nil && said.empty():
		return readErr
	case err != nil || !said.empty():
		return fmt.Errorf("git %s: %s", args[0], said.words(err, readErr))
	}
	return nil
}

// widen lets git run ahead: a pipe holds 64 kB, and each time it is full or empty two
// programs change places. It is no matter if the kernel does not allow it.
func widen(out io.Reader) {
	f, ok := out.(*os.File)
	if !ok {
		return
	}
	if raw, err := f.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, 1<<20) })
	}
}

// line runs a command whose answer is one short line.
func (r *repository) line(ctx context.Context, args ...string) (string, error) {
	var b bytes.Buffer
	err := r.run(ctx, nil, func(out io.Reader) error {
		_, err := io.Copy(&b, io.LimitReader(out, 4096))
		return err
	}, args...)
	return strings.TrimSpace(b.String()), err
}

// tail keeps the beginning of what git says on its error stream.
type tail struct{ b bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	t.b.Write(p[:min(len(p), max(0, 2000-t.b.Len()))])
	return len(p), nil
}

func (t *tail) empty() bool { return len(bytes.TrimSpace(t.b.Bytes())) == 0 }

func (t *tail) words(errs ...error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(t.b.String()), "\n")
	for _, err := range errs {
		if line == "" && err != nil {
			line = err.Error()
		}
	}
	return line
}
