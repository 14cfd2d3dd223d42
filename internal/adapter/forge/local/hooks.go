package local

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// hookNames are the hooks that Paddock answers.
var hookNames = []string{"pre-receive", "post-receive"}

// hooks is the generated folder of hook scripts, shared by all repositories.
type hooks struct {
	dir     string
	command []string
}

// script returns the text of one hook: it only starts the hook command.
func (h hooks) script(name string) []byte {
	var b bytes.Buffer
	b.WriteString("#!/bin/sh\nexec")
	for _, word := range append(h.command[:len(h.command):len(h.command)], name) {
		b.WriteString(" '" + strings.ReplaceAll(word, "'", `'\''`) + "'")
	}
	b.WriteString("\n")
	return b.Bytes()
}

func (h hooks) write() error {
	for _, name := range hookNames {
		tmp := filepath.Join(h.dir, "."+name)
		if err := os.WriteFile(tmp, h.script(name), 0o700); err != nil {
			return err
		}
		if err := os.Rename(tmp, filepath.Join(h.dir, name)); err != nil {
			return err
		}
	}
	return h.ready()
}

// ready fails unless git will run the hooks. Git skips a hook that is missing
// or may not be run and takes the push, so every push asks this first.
func (h hooks) ready() error {
	for _, name := range hookNames {
		path := filepath.Join(h.dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.Equal(text, h.script(name)) {
			return fmt.Errorf("hook %s was changed", path)
		}
		if err := syscall.Access(path, 1); err != nil {
			return fmt.Errorf("hook %s may not be run: %w", path, err)
		}
	}
	return syscall.Access(h.command[0], 1)
}
