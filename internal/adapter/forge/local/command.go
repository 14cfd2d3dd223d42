package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxOutput bounds what is kept of one command's answer.
const maxOutput = 32 << 20

// errFull says that a command answered more than was allowed.
var errFull = errors.New("git answered more than is allowed")

// call is one git command.
type call struct {
	dir   string   // the repository; empty for none
	env   []string // added to the environment
	stdin io.Reader
	args  []string
}

// gitError is a command that ended badly.
type gitError struct {
	args   []string
	exit   int // -1 when it did not run to its end
	stderr string
	err    error
}

func (e *gitError) Error() string {
	return fmt.Sprintf("git %s: exit %d: %s: %v", strings.Join(e.args, " "), e.exit, e.stderr, e.err)
}

func (e *gitError) Unwrap() error { return e.err }

// exitOf returns the exit code of a command, 0 for none.
func exitOf(err error) int {
	var g *gitError
	if errors.As(err, &g) {
		return g.exit
	}
	return 0
}

// run runs a command to its end and returns its whole, bounded answer. The
// answer is also returned with a gitError.
func (f *Forge) run(ctx context.Context, c call) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, f.limits.CommandTime)
	defer cancel()
	out := capped{left: maxOutput}
	err := f.stream(ctx, c, &out)
	if out.full {
		err = &gitError{args: c.args, exit: -1, err: errFull}
	}
	return out.buf.Bytes(), err
}

// stream runs a command to its end and copies its answer to out.
func (f *Forge) stream(ctx context.Context, c call, out io.Writer) error {
	cmd := f.command(ctx, c)
	errs := capped{left: 8 << 10, quiet: true}
	cmd.Stdout, cmd.Stderr = out, &errs
	start := time.Now()
	err := cmd.Run()
	f.log.DebugContext(ctx, "git", "command", c.args[0], "ms", time.Since(start).Milliseconds(), "failed", err != nil)
	if err == nil {
		return nil
	}
	exit := -1
	if cmd.ProcessState != nil {
		exit = cmd.ProcessState.ExitCode()
	}
	if ctx.Err() != nil {
		err = ctx.Err()
		killGroup(cmd)
	}
	return &gitError{args: c.args, exit: exit, stderr: errs.buf.String(), err: err}
}

// command prepares a command in a process group of its own. When ctx is done
// the whole group is asked to end, so that git removes its temporary files, and
// two seconds later git is killed.
func (f *Forge) command(ctx context.Context, c call) *exec.Cmd {
	cmd := exec.CommandContext(ctx, f.git, c.args...)
	cmd.Env = f.environment(c.dir, c.env...)
	cmd.Dir = f.root
	if c.dir != "" {
		cmd.Dir = c.dir
	}
	cmd.Stdin = c.stdin
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 2 * time.Second
	return cmd
}

// killGroup ends what a stopped command may have left behind.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}

// fault turns a failed command into an error for other rooms.
func fault(doing string, err error) error {
	var known *core.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, errFull):
		return &core.Error{Code: core.TooLarge, Msg: doing + " stopped: there is too much of it.", Hint: "Make the change smaller.", Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &core.Error{Code: core.Unavailable, Msg: doing + " took too long.", Hint: "Try again in a minute.", Err: err}
	case errors.Is(err, context.Canceled):
		return &core.Error{Code: core.Unavailable, Msg: doing + " was interrupted.", Hint: "Try again.", Err: err}
	}
	return core.Hidden(doing, err)
}

// capped keeps the first bytes of what is written to it. Beyond that it fails,
// or, when quiet, forgets.
type capped struct {
	buf   bytes.Buffer
	left  int
	quiet bool
	full  bool // something did not fit
}

func (c *capped) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.buf.Write(p[:n])
	c.left -= n
	c.full = c.full || n < len(p)
	if c.full && !c.quiet {
		return n, errFull
	}
	return len(p), nil
}

// checkVersion refuses a git that cannot merge without a work tree.
func (f *Forge) checkVersion(ctx context.Context) error {
	out, err := f.run(ctx, call{args: []string{"version"}})
	if err != nil {
		return fault("Starting git", err)
	}
	var major, minor int
	if _, err := fmt.Sscanf(string(out), "git version %d.%d", &major, &minor); err != nil || major < 2 || major == 2 && minor < 38 {
		return core.Errorf(core.Unavailable, "Git is too old: %.40q.", strings.TrimSpace(string(out))).
			Hinted("Install git 2.38 or newer and start again.")
	}
	return nil
}
