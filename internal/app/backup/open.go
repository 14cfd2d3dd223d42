package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// bring puts the files of a backup, a folder or an archive, below root, which is
// empty, and holds every one against the manifest.
func bring(ctx context.Context, from, root string, told func(string, int64, int64)) (Note, error) {
	if isArchive(from) {
		if err := unpack(ctx, from, root, func(n int64) { told("unpacking", n, 0) }); err != nil {
			return Note{}, err
		}
		n, err := readNote(root)
		if err != nil {
			return n, err
		}
		return n, check(ctx, root, n, told)
	}
	n, err := readNote(from)
	if err != nil {
		return n, err
	}
	c := &copier{from: from, to: root, have: map[string]entry{}, keys: true, told: func(b int64) { told("files", b, n.Bytes) }}
	err = eachListed(from, n, func(digest, p string) error {
		info, err := os.Lstat(filepath.Join(from, filepath.FromSlash(p)))
		if err != nil || !info.Mode().IsRegular() {
			return damaged("the file " + shown(p) + " is missing")
		}
		if err := c.copy(ctx, p, info); err != nil {
			return err
		}
		if c.have[p].digest != digest {
			return damaged("the file " + shown(p) + " was changed")
		}
		return nil
	})
	if err != nil {
		return n, err
	}
	return n, mendRepositories(root, c.have)
}

// check holds every file below root against the list, and the list against them.
func check(ctx context.Context, root string, n Note, told func(string, int64, int64)) error {
	left := map[string]entry{}
	err := eachFile(root, func(p string) { left[p] = entry{} })
	if err != nil {
		return err
	}
	have, done := map[string]entry{}, int64(0)
	err = eachListed(root, n, func(digest, p string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		got, size, err := digestFile(filepath.Join(root, filepath.FromSlash(p)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return damaged("the file " + shown(p) + " is missing")
		case err != nil:
			return fileFault("Reading the backup", err)
		case got != digest:
			return damaged("the file " + shown(p) + " was changed")
		}
		delete(left, p)
		have[p] = entry{digest: digest, size: size}
		done += size
		told("digests", done, n.Bytes)
		return nil
	})
	if err != nil {
		return err
	}
	for p := range left {
		return damaged(fmt.Sprintf("it has %d files that its list does not name, such as %s", len(left), shown(p)))
	}
	return mendRepositories(root, have)
}

// eachFile lists the plain files below root, without the manifest.
func eachFile(root string, fn func(p string)) error {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		p, err := filepath.Rel(root, path)
		if p = filepath.ToSlash(p); err == nil && !isNote(p) {
			fn(p)
		}
		return err
	})
	return fileFault("Reading the backup", err)
}

// mendRepositories makes the folders that git wants to see and that a list of
// files does not name.
func mendRepositories(root string, have map[string]entry) error {
	repos := map[string]bool{}
	for p := range have {
		if rest, ok := strings.CutPrefix(p, reposDir+"/"); ok {
			repo, _, _ := strings.Cut(rest, "/")
			repos[repo] = true
		}
	}
	for repo := range repos {
		if err := makeBare(root, repo); err != nil {
			return err
		}
	}
	return nil
}

// Drill shows that a backup can be restored: it is brought into a temporary
// folder, held against its manifest and looked over by fsck and git. Nothing of
// the temporary folder stays.
// Errors: Unreadable when the backup is none, damaged or cut off.
func Drill(ctx context.Context, from string, clock core.Clock, told func(string, int64, int64)) (Result, error) {
	if told == nil {
		told = func(string, int64, int64) {}
	}
	r, began := newResult(from), clock.Now()
	if err := present(from); err != nil {
		return r, err
	}
	dir, err := os.MkdirTemp("", "paddock-drill-")
	if err != nil {
		return r, fileFault("Making a temporary folder", err)
	}
	defer os.RemoveAll(dir)
	n, err := bring(ctx, from, dir, told)
	if err != nil {
		return r, err
	}
	r.Backup = n
	if err := look(ctx, dir, &r, told); err != nil {
		return r, err
	}
	r.Backup = n
	r.Seconds = clock.Now().Sub(began).Seconds()
	r.text = fmt.Sprintf("The backup %s can be restored.", from)
	return r, nil
}

// present refuses a backup that is not there, or that was never finished.
func present(from string) error {
	if _, err := os.Stat(from); err != nil {
		return &core.Error{Code: core.Unreadable, Msg: fmt.Sprintf("There is no backup at %q.", from), Hint: "Check the path.", Err: err}
	}
	return nil
}
