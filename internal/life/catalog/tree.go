package catalog

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// The bounds of a governance tree.
const (
	maxTreeFiles    = 20000
	maxSkeleton     = 500     // files of one skeleton
	maxSkeletonSize = 5 << 20 // bytes of one skeleton
	maxTreeFile     = 1 << 20 // bytes of one file
)

// readTree reads one file of a tree, at most maxTreeFile bytes.
func readTree(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The file cannot be read.", Field: name, Err: err}
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxTreeFile+1))
	if err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The file cannot be read.", Field: name, Err: err}
	}
	if len(b) > maxTreeFile {
		return nil, core.Errorf(core.TooLarge, "The file is larger than %d bytes.", maxTreeFile).Hinted("Make it smaller, or leave it out.").At(name)
	}
	return b, nil
}

// filesUnder lists the regular files under dir, sorted. A missing dir has
// none. Links and other special files are refused.
func filesUnder(fsys fs.FS, dir string, most int) ([]string, error) {
	var out []string
	err := fs.WalkDir(fsys, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return &core.Error{Code: core.Unreadable, Msg: "The folder cannot be read.", Field: name, Err: err}
		}
		switch {
		case e.IsDir():
			if e.Name() == ".git" || e.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		case !e.Type().IsRegular():
			return core.Errorf(core.Invalid, "Only plain files are read; this is a link or a special file.").Hinted("Put a copy of the file here.").At(name)
		case len(out) >= most:
			return core.Errorf(core.TooLarge, "There are more than %d files.", most).Hinted("Remove what is not needed.").At(dir)
		}
		out = append(out, name)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return out, err
}

// entries lists names of files in dir that end in .yaml or .yml.
func entries(fsys fs.FS, dir string) ([]string, error) {
	all, err := filesUnder(fsys, dir, maxTreeFiles)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range all {
		if ext := path.Ext(name); path.Dir(name) == dir && (ext == ".yaml" || ext == ".yml") {
			out = append(out, name)
		}
	}
	return out, nil
}

// base returns a file's name without folder and ending.
func base(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }
