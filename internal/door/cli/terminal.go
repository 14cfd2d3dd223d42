package cli

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// terminal says whether standard output is a terminal that wants colour, and
// how wide it is; 0 if nobody knows. NO_COLOR and TERM=dumb are heeded.
func (std IO) terminal() (color bool, width int) {
	if std.Env != nil {
		if v, ok := std.Env("COLUMNS"); ok {
			width, _ = strconv.Atoi(v)
		}
	}
	f, ok := std.Out.(*os.File)
	if !ok {
		return false, width
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return false, width // not a terminal
	}
	if width == 0 {
		width = int(size.Col)
	}
	if std.Env != nil {
		if v, _ := std.Env("NO_COLOR"); v != "" {
			return false, width
		}
		if v, _ := std.Env("TERM"); v == "dumb" {
			return false, width
		}
	}
	return true, width
}
