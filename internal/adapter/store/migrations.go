package store

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// migrationsFor returns the migrations of one engine: those that all engines
// share, and its own ones in the folder of its name.
func migrationsFor(engine string) (fs.FS, error) {
	shared, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	own, err := fs.Sub(migrations, "migrations/"+engine)
	return layers{shared, own}, err
}

// layers shows the files of several file systems in one folder.
type layers []fs.FS

// Open opens the first file of that name.
func (l layers) Open(name string) (fs.File, error) {
	for _, f := range l {
		file, err := f.Open(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists the files of all layers by name.
func (l layers) ReadDir(name string) ([]fs.DirEntry, error) {
	var all []fs.DirEntry
	for _, f := range l {
		some, err := fs.ReadDir(f, name)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}
