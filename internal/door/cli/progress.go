package cli

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/sys/unix"
)

// bar shows how far a long command is, on terminals only.
type bar struct {
	out   *os.File // nil: nobody looks
	phase string
	all   int64
	shown *progressbar.ProgressBar
}

// progress returns a bar on standard error, which shows nothing if that is no
// terminal or a dumb one.
func (std IO) progress() *bar {
	f, ok := std.Err.(*os.File)
	if !ok {
		return &bar{}
	}
	if _, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err != nil {
		return &bar{}
	}
	if std.Env != nil {
		if v, _ := std.Env("TERM"); v == "dumb" {
			return &bar{}
		}
	}
	return &bar{out: f}
}

// told takes in how far a phase is; all is 0 while nobody knows. With a known
// end the bar shows how long it will still take.
func (b *bar) told(phase string, done, all int64) {
	if b.out == nil {
		return
	}
	if b.shown == nil || phase != b.phase || all != b.all {
		b.end()
		b.phase, b.all = phase, all
		most := all
		if most == 0 {
			most = -1
		}
		b.shown = progressbar.NewOptions64(most, progressbar.OptionSetWriter(b.out), progressbar.OptionSetDescription(phase),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetSpinnerChangeInterval(0)) // it moves when something is told; by itself it would go on after its end
	}
	_ = b.shown.Set64(done) // a bar that cannot be drawn is no reason to stop
}

// end takes the bar away.
func (b *bar) end() {
	if b.shown != nil {
		_ = b.shown.Clear()
		b.shown = nil
	}
}
