package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/paddock-dev/paddock/internal/core"
)

// stamp tells whether a file was changed since it was copied.
type stamp struct {
	size, mtime int64
	inode       uint64
}

func stampOf(info fs.FileInfo) stamp {
	s := stamp{size: info.Size(), mtime: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.inode = st.Ino
	}
	return s
}

// entry is one file of the copy.
type entry struct {
	stamp  stamp
	digest string // SHA-256, hexadecimal
	size   int64
}

// copier copies a data folder, file by file, and knows what it has copied.
type copier struct {
	from, to string
	have     map[string]entry // by path with slashes
	keys     bool             // with the secret half of the keys
	repos    map[string]bool  // the repositories of the moment; nil before it
	bytes    int64
	told     func(bytes int64)
}

// secretKeys is the one file that opens every secret.
const secretKeys = "keys/keyring"

// wants reports whether a path is copied in a sweep for the given classes.
func (c *copier) wants(p string, classes ...class) bool {
	if p == secretKeys && !c.keys {
		return false
	}
	if rest, ok := strings.CutPrefix(p, reposDir+"/"); ok && c.repos != nil {
		if repo, _, _ := strings.Cut(rest, "/"); !c.repos[repo] {
			return false // made after the moment
		}
	}
	k := classify(p)
	for _, want := range classes {
		if k == want {
			return true
		}
	}
	return false
}

// sweep copies the files of the given classes below root that are new or
// changed, and hands on nothing else. Files that vanish meanwhile are passed
// over: whoever removed them has put what matters elsewhere first.
func (c *copier) sweep(ctx context.Context, root string, classes ...class) error {
	return c.walk(ctx, root, func(p string, info fs.FileInfo) error {
		if !c.wants(p, classes...) {
			return nil
		}
		if old, ok := c.have[p]; ok && old.stamp == stampOf(info) {
			return nil
		}
		err := c.copy(ctx, p, info)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// walk calls fn for every file below root, which is a path below the data
// folder, "" for all of it. Links are refused but at the top, where an operator
// may have put a folder on another disk.
func (c *copier) walk(ctx context.Context, root string, fn func(p string, info fs.FileInfo) error) error {
	entries, err := os.ReadDir(filepath.Join(c.from, filepath.FromSlash(root)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fileFault("Reading the data folder", err)
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		p := e.Name()
		if root != "" {
			p = root + "/" + p
		}
		if err := c.visit(ctx, p, fn); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) visit(ctx context.Context, p string, fn func(p string, info fs.FileInfo) error) error {
	if classify(p) == never {
		return nil
	}
	path := filepath.Join(c.from, filepath.FromSlash(p))
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 && !strings.Contains(p, "/") {
		info, err = os.Stat(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fileFault("Reading the data folder", err)
	case strings.ContainsAny(p, "\n\\"):
		return core.Errorf(core.Unreadable, "The name of the file %q cannot stand in a manifest.", p).Hinted("Rename or remove it; Paddock did not make it.")
	case info.IsDir():
		return c.walk(ctx, p, fn)
	case info.Mode().IsRegular():
		return fn(p, info)
	case info.Mode()&fs.ModeSocket != 0:
		return nil
	}
	return core.Errorf(core.Unreadable, "%q in the data folder is no plain file (%s).", p, info.Mode().Type()).
		Hinted("Put the real file in its place; a link may only stand at the top of the data folder.")
}

// copy copies one file whole, with its digest.
func (c *copier) copy(ctx context.Context, p string, info fs.FileInfo) error {
	in, err := os.Open(filepath.Join(c.from, filepath.FromSlash(p)))
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := c.create(p, info.Mode().Perm())
	if err != nil {
		return err
	}
	sum := sha256.New()
	// Not past the size that the stamp has: a file that grows is copied again.
	n, err := io.Copy(io.MultiWriter(out, sum), io.LimitReader(reader{ctx, in}, info.Size()))
	if err = errors.Join(err, out.Close()); err != nil {
		return fileFault("Copying "+p, err)
	}
	c.note(p, entry{stampOf(info), hex.EncodeToString(sum.Sum(nil)), n})
	return nil
}

// create makes an empty file in the copy, with its folders.
func (c *copier) create(p string, mode fs.FileMode) (*os.File, error) {
	path := filepath.Join(c.to, filepath.FromSlash(p))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fileFault("Making a folder of the copy", err)
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode&0o700|0o600)
	return out, fileFault("Writing the copy", err)
}

func (c *copier) note(p string, e entry) {
	c.have[p] = e
	c.bytes += e.size
	if c.told != nil {
		c.told(c.bytes)
	}
}

// drop removes a file from the copy.
func (c *copier) drop(p string) error {
	delete(c.have, p)
	return fileFault("Removing from the copy", os.Remove(filepath.Join(c.to, filepath.FromSlash(p))))
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// fileFault explains what a file system says.
func fileFault(doing string, err error) error {
	var known *core.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.Canceled), errors.Is(err, fs.ErrNotExist):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &core.Error{Code: core.Unavailable, Msg: doing + " failed: the disk is full.", Hint: "Make room, or choose another disk, and run this again. No half copy counts.", Err: err}
	case errors.Is(err, fs.ErrPermission):
		return &core.Error{Code: core.Forbidden, Msg: fmt.Sprintf("%s failed: %v.", doing, err), Hint: "Run this as the user who owns the data folder.", Err: err}
	}
	return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("%s failed: %v.", doing, err), Hint: "Check the disk, then run this again.", Err: err}
}
