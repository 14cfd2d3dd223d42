package local

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// seedRef holds the first commit until main points at it. It is never shown.
const seedRef = "refs/paddock/seed"

// Seed makes the first commit of a repository on main and returns it. The same
// files, author, message and time always give the same commit. When main is
// there and began with the same files, its first commit is returned, whatever
// came after; when it began with others, the answer is Conflict.
func (f *Forge) Seed(ctx context.Context, name string, files map[string][]byte, author, message string, at time.Time) (string, error) {
	dir, err := f.open(name)
	if err != nil {
		return "", err
	}
	stream, err := commitStream(seedRef, "", files, author, message, at)
	if err != nil {
		return "", err
	}
	if err := f.writable(ctx, name); err != nil {
		return "", err
	}
	unlock, err := f.lock(name)
	if err != nil {
		return "", err
	}
	defer unlock()
	seed, err := f.importCommit(ctx, dir, stream, seedRef)
	if err != nil {
		return "", fault("Making the first commit of "+name, err)
	}
	first, err := f.firstCommit(ctx, name, dir)
	if err != nil {
		return "", err
	}
	if first != "" {
		return f.sameSeed(ctx, name, dir, first, seed)
	}
	return seed, f.publishSeed(ctx, name, dir, seed)
}

// publishSeed lets main point at the commit, unless main has appeared meanwhile.
func (f *Forge) publishSeed(ctx context.Context, name, dir, seed string) error {
	steps := "start\ncreate refs/heads/main " + seed + "\ndelete " + seedRef + "\nprepare\ncommit\n"
	_, err := f.run(ctx, call{dir: dir, stdin: strings.NewReader(steps), args: []string{"update-ref", "--stdin", "-m", "first commit"}})
	return fault("Making the first commit of "+name, err)
}

// firstCommit returns where main began, or "" when there is no main.
func (f *Forge) firstCommit(ctx context.Context, name, dir string) (string, error) {
	head, err := f.Head(ctx, name, "main")
	if core.CodeOf(err) == core.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	out, err := f.run(ctx, call{dir: dir, args: []string{"rev-list", "--first-parent", "--max-parents=0", "--end-of-options", head}})
	if err != nil {
		return "", fault("Reading the history of "+name, err)
	}
	return strings.TrimSpace(string(out)), nil
}

func (f *Forge) sameSeed(ctx context.Context, name, dir, first, seed string) (string, error) {
	out, err := f.run(ctx, call{dir: dir, args: []string{"rev-parse", "--verify", first + "^{tree}"}})
	if err != nil {
		return "", fault("Reading the first commit of "+name, err)
	}
	want, err := f.run(ctx, call{dir: dir, args: []string{"rev-parse", "--verify", seed + "^{tree}"}})
	if err != nil {
		return "", fault("Reading the first commit of "+name, err)
	}
	if !bytes.Equal(out, want) {
		return "", core.Errorf(core.Conflict, "The repository %q already began with other files.", name).Hinted("Choose another name.")
	}
	_, err = f.run(ctx, call{dir: dir, args: []string{"update-ref", "-d", seedRef}})
	return first, fault("Making the first commit of "+name, err)
}

// commitStream writes one commit as git fast-import reads it (git-fast-import(1)):
// of these files and no others, on top of a commit, or on none.
func commitStream(ref, base string, files map[string][]byte, author, message string, at time.Time) ([]byte, error) {
	who, mail, err := parseAuthor(author)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, core.Errorf(core.Invalid, "A repository needs at least one file.").At("files")
	}
	paths := make([]string, 0, len(files))
	for p := range files {
		if err := checkPath(p); err != nil {
			return nil, err
		}
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for i := 1; i < len(paths); i++ {
		if _, both := files[parentOf(paths[i], files)]; both {
			return nil, core.Errorf(core.Invalid, "%.120q is both a file and a folder.", parentOf(paths[i], files)).At("files")
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "commit %s\n", ref)
	fmt.Fprintf(&b, "author %s <%s> %d +0000\ncommitter %s <%s> %d +0000\n", who, mail, at.Unix(), who, mail, at.Unix())
	fmt.Fprintf(&b, "data %d\n%s\n", len(message), message)
	if base != "" {
		fmt.Fprintf(&b, "from %s\ndeleteall\n", base)
	}
	for _, p := range paths {
		fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", p, len(files[p]), files[p])
	}
	b.WriteString("\ndone\n")
	return b.Bytes(), nil
}

// parentOf returns the nearest folder of path that is also a file, or "".
func parentOf(path string, files map[string][]byte) string {
	for i := strings.LastIndexByte(path, '/'); i > 0; i = strings.LastIndexByte(path[:i], '/') {
		if _, ok := files[path[:i]]; ok {
			return path[:i]
		}
	}
	return ""
}

// checkPath accepts a path that every file system and git can hold.
func checkPath(path string) error {
	bad := !fs.ValidPath(path) || path == "." || len(path) > 1024 || !utf8.ValidString(path) ||
		strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' || r == ':' })
	for part := range strings.SplitSeq(path, "/") {
		bad = bad || strings.EqualFold(part, ".git") || strings.TrimRight(part, " .") == ""
	}
	if bad {
		return core.Errorf(core.Invalid, "%.120q cannot be the path of a file.", path).
			Hinted("Use letters, digits, dots, dashes and single slashes.").At("files")
	}
	return nil
}
