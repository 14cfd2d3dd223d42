package tree

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// link says what keeps a link from being seen through, or "" if its target is a
// file or folder of the tree, which is read under its own name. Nothing is ever
// opened through a link.
func (l *loader) link(name string) string {
	links, ok := l.fsys.(fs.ReadLinkFS)
	if !ok {
		return "another file"
	}
	to, err := links.ReadLink(name)
	if err != nil {
		return "another file"
	}
	target := path.Join(path.Dir(name), to)
	if path.IsAbs(to) || !fs.ValidPath(target) {
		return "a file outside"
	}
	if target == "." {
		return ""
	}
	step := ""
	for part := range strings.SplitSeq(target, "/") {
		step = path.Join(step, part)
		info, err := links.Lstat(step)
		switch {
		case err != nil:
			return "a file that is not there"
		case l.worktree && leftOut(part):
			return "a folder that is left out"
		case info.Mode()&fs.ModeSymlink != 0:
			return "another link"
		}
	}
	return ""
}

// leftOut names the folders of a working folder that are no part of the app.
func leftOut(base string) bool { return base == ".git" || base == "node_modules" }

// clashes reports names that differ only in their case: on many machines, one
// such file hides the other.
func (l *loader) clashes() {
	seen := make(map[string]string, len(l.tree.Files))
	for _, f := range l.tree.Files {
		key := strings.ToLower(f.Path)
		if other, twice := seen[key]; twice {
			l.unread("%s and %s are the same name on some machines, so one of them hides the other", other, f.Path)
			continue
		}
		seen[key] = f.Path
	}
}

// submodules reports those of a working folder whose files are not there. In a
// commit they are entries that are no plain files.
func (l *loader) submodules() {
	f, ok := l.tree.Find(".gitmodules")
	if !ok || !l.worktree {
		return
	}
	for line := range strings.Lines(string(f.Text)) {
		key, value, _ := strings.Cut(line, "=")
		dir := path.Clean(strings.Trim(strings.TrimSpace(value), `"`))
		if strings.TrimSpace(key) != "path" {
			continue
		}
		i, _ := slices.BinarySearchFunc(l.tree.Files, dir+"/", comparePath)
		if i == len(l.tree.Files) || !strings.HasPrefix(l.tree.Files[i].Path, dir+"/") {
			l.unread("%s belongs to another repository, and its files are not here", dir)
		}
	}
}
