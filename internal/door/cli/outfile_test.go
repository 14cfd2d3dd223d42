package cli

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe that somebody names is written to: root would otherwise put a file in
// the place of a device such as /dev/null.
func TestWriteWholeKeepsPipes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	heard := make(chan string, 1)
	go func() {
		b, _ := os.ReadFile(path)
		heard <- string(b)
	}()
	err := writeWhole(IO{}, path, func(w io.Writer) error {
		_, err := io.WriteString(w, "whole")
		return err
	})
	if got := <-heard; err != nil || got != "whole" {
		t.Errorf("%q %v", got, err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is gone: %v %v", info.Mode(), err)
	}
}
