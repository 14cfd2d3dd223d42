// Package watch notices that files below a folder have changed. It looks, again
// and again, at names, sizes and times; it opens no file.
package watch

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path"
	"time"
)

// Mark sums up the files below a folder, as far as a change of one shows. It does
// not look into .git and node_modules, nor further than most files.
func Mark(fsys fs.FS, most int) [32]byte {
	h := sha256.New()
	n := 0
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if base := path.Base(name); err == nil && d.IsDir() && (base == ".git" || base == "node_modules") {
			return fs.SkipDir
		}
		if n++; n > most {
			return fs.SkipAll
		}
		if err != nil {
			fmt.Fprintf(h, "%q unreadable\n", name)
			return nil
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			fmt.Fprintf(h, "%q %d %d %v\n", name, info.Size(), info.ModTime().UnixNano(), info.Mode())
		}
		return nil
	}) // whatever cannot be read is in the sum as such
	return [32]byte(h.Sum(nil))
}

// Run calls changed at once, and again after each change, when mark has been the
// same for two ticks. It ends with ctx, or with an error of changed.
func Run(ctx context.Context, ticks <-chan time.Time, mark func() [32]byte, changed func() error) error {
	seen := mark()
	if err := changed(); err != nil {
		return err
	}
	last := seen
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks:
		}
		now := mark()
		if settled := now == last; settled && now != seen {
			seen = now
			if err := changed(); err != nil {
				return err
			}
		}
		last = now
	}
}
