package local

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Create makes an empty repository whose main branch will be main. It does
// nothing when the repository exists. Until Protect is called it takes no push.
func (f *Forge) Create(ctx context.Context, name string) error {
	if there, err := f.Exists(ctx, name); err != nil || there {
		return err
	}
	unlock, err := f.lock(name)
	if err != nil {
		return err
	}
	defer unlock()
	if there, err := f.Exists(ctx, name); err != nil || there {
		return err
	}
	half, err := os.MkdirTemp(f.tmp, name+"-")
	if err != nil {
		return core.Hidden("Creating the repository "+name, err)
	}
	defer os.RemoveAll(half)
	_, err = f.run(ctx, call{dir: half, args: []string{"init", "--quiet", "--bare", "--template=", "--initial-branch=main"}})
	if err == nil {
		err = os.Rename(half, f.path(name))
	}
	return fault("Creating the repository "+name, err)
}

// Exists reports whether there is a repository of that name. A name that no
// repository can have is Invalid.
func (f *Forge) Exists(_ context.Context, name string) (bool, error) {
	_, err := f.open(name)
	if core.CodeOf(err) == core.NotFound {
		return false, nil
	}
	return err == nil, err
}

// List returns the names of all repositories, sorted.
func (f *Forge) List(context.Context) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(f.root, "repos"))
	if err != nil {
		return nil, core.Hidden("Listing the repositories", err)
	}
	names := []string{}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".git"); ok && nameRE.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Delete moves a repository to the trash folder, from where an operator can
// bring it back. It does nothing when there is no such repository.
func (f *Forge) Delete(ctx context.Context, name string) error {
	if there, err := f.Exists(ctx, name); err != nil || !there {
		return err
	}
	unlock, err := f.lock(name)
	if err != nil {
		return err
	}
	defer unlock()
	if there, err := f.Exists(ctx, name); err != nil || !there {
		return err
	}
	place, err := os.MkdirTemp(filepath.Join(f.root, "trash"), name+"-"+f.clock.Now().Format("20060102T150405Z")+"-")
	if err == nil {
		err = os.Rename(f.path(name), filepath.Join(place, name+".git"))
	}
	return fault("Deleting the repository "+name, err)
}
