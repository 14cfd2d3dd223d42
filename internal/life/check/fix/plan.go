package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// maxFile bounds a file that is changed, in bytes.
const maxFile = 5_000_000

// File is one file that would change.
type File struct {
	Path     string
	Findings int // that would be mended in it
	New      bool
	Gone     bool
	before   []byte
	after    []byte
	mode     fs.FileMode
}

// Plan is what the edits of a report's findings come to.
type Plan struct {
	Files   []File
	Refused []Refusal // what cannot be done, and why
}

// Refusal is a finding whose edits are not made.
type Refusal struct {
	Finding core.Finding
	Why     string
}

// Make reads the files that have edits below a folder and makes the edits in
// memory. A finding of which one edit cannot be made has none of its edits made.
func Make(root *os.Root, list []core.Finding) Plan {
	var p Plan
	texts := map[string]*File{}
	chosen := map[string][]core.Edit{}
	for _, f := range list {
		if len(f.Edits) == 0 || f.Waived != nil {
			continue
		}
		if why := p.take(root, texts, chosen, f); why != "" {
			p.Refused = append(p.Refused, Refusal{f, why})
		}
	}
	for name, file := range texts {
		if len(chosen[name]) > 0 && (file.Gone || file.New || !bytes.Equal(file.before, file.after)) {
			p.Files = append(p.Files, *file)
		}
	}
	slices.SortFunc(p.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return p
}

// take adds the edits of one finding to those that are chosen, if all of them
// can be made together; else it says why not.
func (p *Plan) take(root *os.Root, texts map[string]*File, chosen map[string][]core.Edit, f core.Finding) string {
	by := map[string][]core.Edit{}
	var names []string
	for _, e := range f.Edits {
		if slices.Contains(chosen[e.Path], e) {
			continue // another finding asks for the same
		}
		if by[e.Path] == nil {
			names = append(names, e.Path)
		}
		by[e.Path] = append(by[e.Path], e)
	}
	trial := map[string]*File{}
	for _, name := range names {
		file := texts[name]
		if file == nil {
			var err error
			if file, err = read(root, name); err != nil {
				return err.Error()
			}
		}
		next := *file
		edits := slices.Concat(chosen[name], by[name])
		after, stays, err := Text(bytes.Clone(next.before), !next.New, edits)
		if err != nil {
			return err.Error()
		}
		next.after, next.Gone = after, !stays
		next.Findings++
		trial[name] = &next
	}
	for _, name := range names {
		texts[name] = trial[name]
		chosen[name] = slices.Concat(chosen[name], by[name])
	}
	return ""
}

// read reads one file that an edit names. os.Root keeps it inside of the folder.
func read(root *os.Root, name string) (*File, error) {
	if !fs.ValidPath(name) || name == "." || slices.Contains(strings.Split(name, "/"), ".git") {
		return nil, errors.New("the file is outside of the folder")
	}
	for at := name; at != "."; at = path.Dir(at) {
		if info, err := root.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return nil, errors.New("the file is a link, or lies behind one")
		}
	}
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &File{Path: name, New: true, mode: 0o644}, nil
	case err != nil:
		return nil, errors.New("the file cannot be read")
	case !info.Mode().IsRegular():
		return nil, errors.New("the file is not a plain file")
	case info.Size() > maxFile:
		return nil, errors.New("the file is too large")
	}
	in, err := root.Open(name)
	if err != nil {
		return nil, errors.New("the file cannot be read")
	}
	defer func() { _ = in.Close() }() // opened for reading only
	text, err := io.ReadAll(io.LimitReader(in, maxFile))
	if err != nil {
		return nil, errors.New("the file cannot be read")
	}
	return &File{Path: name, before: text, mode: info.Mode().Perm()}, nil
}

// Diff writes the plan as a unified diff.
func (p Plan) Diff(w io.Writer) error {
	for _, f := range p.Files {
		if _, err := io.WriteString(w, diff(f)); err != nil {
			return err
		}
	}
	return nil
}

// Apply writes the files of a plan, each as a whole. A file that has changed
// since the plan was made is left alone and named.
func (p Plan) Apply(root *os.Root) (done []File, refused []string, err error) {
	for _, f := range p.Files {
		now, rerr := read(root, f.Path)
		if rerr != nil || now.New != f.New || !bytes.Equal(now.before, f.before) {
			refused = append(refused, fmt.Sprintf("%s: %v", findings.Clean(f.Path, 200), errChanged))
			continue
		}
		if err := write(root, f); err != nil {
			return done, refused, &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("%q cannot be written.", f.Path), Hint: "Check that you may write it, and that the disk has room.", Err: err}
		}
		done = append(done, f)
	}
	return done, refused, nil
}

// write puts one file in place in one step.
func write(root *os.Root, f File) error {
	if f.Gone {
		return root.Remove(f.Path)
	}
	if dir := path.Dir(f.Path); f.New && dir != "." {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	tmp := path.Join(path.Dir(f.Path), ".paddock-"+findings.Fingerprint(f.Path))
	out, err := root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode)
	if err != nil {
		return err
	}
	_, err = out.Write(f.after)
	err = errors.Join(err, out.Chmod(f.mode), out.Sync(), out.Close())
	if err == nil {
		err = root.Rename(tmp, f.Path)
	}
	if err != nil {
		_ = root.Remove(tmp) // what is left of a step that failed
	}
	return err
}
