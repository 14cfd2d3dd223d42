package history

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/files"
)

// Bounds of a tree that is read from git: what the walk over it will take, and a
// little more, so that the walk is what says that there is too much.
const (
	maxContent = 5_000_000
	maxHeld    = 400_000_000
	maxEntries = 400_000
)

// Tree returns the files of a commit, an id of Resolve. Of a file that is too
// large to be checked only the beginning is there.
func (w *Work) Tree(ctx context.Context, commit string) (fs.FS, error) {
	return w.contents(ctx, "The files of commit "+commit[:min(10, len(commit))], lsTree, "ls-tree", "-r", "-z", "--full-tree", commit)
}

// Index returns the files as they are staged for the next commit.
func (w *Work) Index(ctx context.Context) (fs.FS, error) {
	return w.contents(ctx, "What is staged", lsFiles, "ls-files", "-s", "-z")
}

// entry is a file as git lists it.
type entry struct{ mode, id, name string }

// lsTree reads "mode kind id<TAB>name".
func lsTree(head []string, name string) (entry, bool) {
	if len(head) != 3 {
		return entry{}, false
	}
	return entry{head[0], head[2], name}, true
}

// lsFiles reads "mode id stage<TAB>name".
func lsFiles(head []string, name string) (entry, bool) {
	if len(head) != 3 {
		return entry{}, false
	}
	return entry{head[0], head[1], name}, true
}

func (w *Work) contents(ctx context.Context, what string, read func([]string, string) (entry, bool), args ...string) (fs.FS, error) {
	fault := func(err error) error {
		return &core.Error{Code: core.Unreadable, Msg: what + " cannot be read: " + err.Error() + ".", Hint: "Look with: git fsck", Err: err}
	}
	var b bytes.Buffer
	err := w.repo.run(ctx, nil, func(out io.Reader) error {
		n, err := io.Copy(&b, io.LimitReader(out, maxListing+1))
		if err == nil && n > maxListing {
			err = errors.New("there are too many")
		}
		return err
	}, args...)
	if err != nil {
		return nil, fault(err)
	}
	list, err := entries(b.String(), read)
	if err != nil {
		return nil, fault(err)
	}
	t := files.New()
	var ids []string
	at := map[string]int{}
	holders := [][]entry{}
	for _, e := range list {
		mode, ok := fileMode(e.mode)
		if !ok {
			return nil, fault(errors.New("a file is of the unknown kind " + e.mode))
		}
		if mode&fs.ModeIrregular != 0 {
			put(t, e.name, mode, 0, nil)
			continue
		}
		i, seen := at[e.id]
		if !seen {
			i = len(ids)
			at[e.id], ids, holders = i, append(ids, e.id), append(holders, nil)
		}
		holders[i] = append(holders[i], e)
	}
	err = w.repo.blobs(ctx, ids, maxContent, func(n int) []byte { return make([]byte, n) }, func(i int, size int64, content []byte) error {
		for _, e := range holders[i] {
			mode, _ := fileMode(e.mode)
			put(t, e.name, mode, size, content)
		}
		if t.Bytes() > maxHeld {
			return errors.New("there is too much of it")
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fault(err)
	}
	t.Sort()
	return t, nil
}

func entries(out string, read func([]string, string) (entry, bool)) ([]entry, error) {
	var list []entry
	for rec := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		if rec == "" {
			continue
		}
		head, name, ok := strings.Cut(rec, "\t")
		e, fits := read(strings.Fields(head), name)
		if !ok || !fits {
			return nil, errShape
		}
		if list = append(list, e); len(list) > maxEntries {
			return nil, errors.New("there are too many")
		}
	}
	return list, nil
}

// put adds a file. What has a name that no file system could hold, or one that is
// there already, stands as something that is no plain file, so that the walk
// names it.
func put(t *files.Tree, name string, mode fs.FileMode, size int64, content []byte) {
	if t.Add(name, mode, size, content) {
		return
	}
	flat := strings.ReplaceAll(strings.ToValidUTF8(name, "?"), "/", "|")
	for !t.Add(flat, fs.ModeIrregular, 0, nil) {
		flat += "?"
	}
}
