package local

import (
	"context"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxDepth is how many folders deep a file may lie.
const maxDepth = 64

// Tree returns the files of a commit (an id or a branch), read into memory and
// never changing. Symbolic links are not followed: they have the mode bit
// fs.ModeSymlink, opening one fails and ReadLink gives its target. Submodules
// are empty entries with fs.ModeIrregular. Times are zero. It fails with TooLarge
// beyond Limits.TreeFiles or TreeBytes, and Unreadable for a path that a file
// system could not hold.
func (f *Forge) Tree(ctx context.Context, name, commit string) (fs.FS, error) {
	id, err := f.resolve(ctx, name, commit)
	if err != nil {
		return nil, err
	}
	return f.tree(ctx, name, id, nil)
}

func (f *Forge) tree(ctx context.Context, name, id string, env []string) (fs.FS, error) {
	dir := f.path(name)
	out, err := f.run(ctx, call{dir: dir, env: env, args: []string{"ls-tree", "-r", "-z", "-l", "--full-tree", id}})
	if err != nil {
		return nil, fault("Reading the files of "+id, err)
	}
	entries, err := parseTree(string(out), f.limits.TreeFiles)
	if err != nil {
		return nil, err
	}
	return f.load(ctx, dir, env, entries)
}

// entry is one file of a commit.
type entry struct {
	mode fs.FileMode
	id   string
	size int64
	path string
}

var treeModes = map[string]fs.FileMode{"100644": 0o444, "100664": 0o444, "100755": 0o555,
	"120000": fs.ModeSymlink | 0o444, "160000": fs.ModeIrregular}

// parseTree reads ls-tree -z -l: "mode kind id size TAB path" records.
func parseTree(out string, limit int) ([]entry, error) {
	var all []entry
	for rec := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		if rec == "" {
			continue
		}
		head, p, ok := strings.Cut(rec, "\t")
		part := strings.Fields(head)
		if !ok || len(part) != 4 {
			return nil, core.Hidden("Reading the files of a commit", errShape)
		}
		mode, ok := treeModes[part[0]]
		if !ok || !commitRE.MatchString(part[2]) || !fs.ValidPath(p) || p == "." || strings.Count(p, "/") >= maxDepth || len(p) > 4096 {
			return nil, core.Errorf(core.Unreadable, "The file %.120q cannot be read: its name or kind is not allowed.", p).
				Hinted("Rename or remove the file and push again.").At(strings.ToValidUTF8(p, "?"))
		}
		e := entry{mode: mode, id: part[2], path: p}
		if mode&fs.ModeIrregular == 0 {
			size, err := strconv.ParseInt(part[3], 10, 64)
			if err != nil || size < 0 {
				return nil, core.Hidden("Reading the files of a commit", errShape)
			}
			e.size = size
		}
		if all = append(all, e); len(all) > limit {
			return nil, core.Errorf(core.TooLarge, "There are more than %d files.", limit).Hinted("Remove files that the app does not need.")
		}
	}
	return all, nil
}

// load reads the content of all entries.
func (f *Forge) load(ctx context.Context, dir string, env []string, entries []entry) (fs.FS, error) {
	t := newTree()
	var ids []string
	var holders [][]*node
	at := map[string]int{}
	var total int64
	for _, e := range entries {
		n, err := t.add(e)
		if err != nil {
			return nil, err
		}
		if total += e.size; total > f.limits.TreeBytes {
			return nil, core.Errorf(core.TooLarge, "The files are larger than %d MiB together.", f.limits.TreeBytes>>20).
				Hinted("Remove large files from the repository.").At(e.path)
		}
		if e.mode&fs.ModeIrregular != 0 {
			continue
		}
		i, seen := at[e.id]
		if !seen {
			i = len(ids)
			at[e.id], ids, holders = i, append(ids, e.id), append(holders, nil)
		}
		holders[i] = append(holders[i], n)
	}
	next := 0
	err := f.objects(ctx, dir, env, ids, f.limits.TreeBytes, func(o object) error {
		for _, n := range holders[next] {
			n.data = o.data
		}
		next++
		return nil
	})
	return t, fault("Reading the files of a commit", err)
}

// Blob returns the content of one file of a commit (an id or a branch). Links
// and folders are NotFound, as is a missing file; TooLarge beyond Limits.BlobBytes.
func (f *Forge) Blob(ctx context.Context, name, commit, file string) ([]byte, error) {
	id, err := f.resolve(ctx, name, commit)
	if err != nil {
		return nil, err
	}
	missing := core.Errorf(core.NotFound, "There is no file %.120q in commit %s.", file, id).Hinted("Check the path.")
	if !fs.ValidPath(file) || file == "." || path.Clean(file) != file {
		return nil, missing
	}
	dir := f.path(name)
	out, err := f.run(ctx, call{dir: dir, env: []string{"GIT_LITERAL_PATHSPECS=1"}, args: []string{"ls-tree", "-z", "-l", "--full-tree", id, "--", file}})
	if err != nil {
		return nil, fault("Reading the file "+file, err)
	}
	if strings.Contains(string(out), " tree ") {
		return nil, missing
	}
	entries, err := parseTree(string(out), 1)
	if err != nil {
		return nil, err
	}
	if len(entries) != 1 || entries[0].path != file || !entries[0].mode.IsRegular() {
		return nil, missing
	}
	var data []byte
	err = f.objects(ctx, dir, nil, []string{entries[0].id}, f.limits.BlobBytes, func(o object) error { data = o.data; return nil })
	if err == nil && data == nil {
		return nil, core.Errorf(core.TooLarge, "The file %.120q is larger than %d MiB.", file, f.limits.BlobBytes>>20).
			Hinted("Make the file smaller.").At(file)
	}
	return data, fault("Reading the file "+file, err)
}
