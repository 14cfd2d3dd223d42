package local

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Keys in the repository's own settings file. A push cannot change them.
const (
	keyBranch = "paddock.protectbranch"
	keyDirect = "paddock.directpush"
	keyForce  = "paddock.forcepush"
	keyDelete = "paddock.deletebranch"
	keyFrozen = "paddock.frozen"
)

// Protect sets what pushes may do to the main branch. Repeating it replaces
// what was set before.
func (f *Forge) Protect(ctx context.Context, name string, p core.Protection) error {
	orElse(&p.Branch, "main")
	if err := checkBranch(p.Branch); err != nil {
		return err
	}
	// The branch goes last: without it the repository counts as unprotected
	// and takes no push, so a crash in between opens nothing.
	return f.set(ctx, name, [][2]string{
		{keyDirect, strconv.FormatBool(p.DirectPush)},
		{keyForce, strconv.FormatBool(p.ForcePush)},
		{keyDelete, strconv.FormatBool(p.Delete)},
		{keyBranch, p.Branch},
	})
}

// Protection returns what Protect has set, or NotFound when nothing was set.
func (f *Forge) Protection(ctx context.Context, name string) (core.Protection, error) {
	s, err := f.get(ctx, name)
	if err != nil {
		return core.Protection{}, err
	}
	p := protectionIn(s)
	if p.Branch == "" {
		return p, core.Errorf(core.NotFound, "The repository %q has no protection yet.", name).Hinted("Finish setting the app up.")
	}
	return p, nil
}

// protectionIn reads the protection from settings; without one it names no branch.
func protectionIn(s map[string]string) core.Protection {
	if s[keyBranch] == "" {
		return core.Protection{}
	}
	return core.Protection{Branch: s[keyBranch], DirectPush: s[keyDirect] == "true", ForcePush: s[keyForce] == "true", Delete: s[keyDelete] == "true"}
}

// Freeze makes a repository read-only, as for an archived app.
func (f *Forge) Freeze(ctx context.Context, name string) error {
	return f.set(ctx, name, [][2]string{{keyFrozen, "true"}})
}

// Unfreeze lets a repository be written to again.
func (f *Forge) Unfreeze(ctx context.Context, name string) error {
	return f.set(ctx, name, [][2]string{{keyFrozen, "false"}})
}

// Frozen reports whether a repository is read-only.
func (f *Forge) Frozen(ctx context.Context, name string) (bool, error) {
	s, err := f.get(ctx, name)
	return s[keyFrozen] == "true", err
}

func (f *Forge) set(ctx context.Context, name string, pairs [][2]string) error {
	dir, err := f.open(name)
	if err != nil {
		return err
	}
	unlock, err := f.lock(name)
	if err != nil {
		return err
	}
	defer unlock()
	for _, kv := range pairs {
		_, err := f.run(ctx, call{dir: dir, args: []string{"config", "--file", filepath.Join(dir, "config"), "--replace-all", kv[0], kv[1]}})
		if err != nil {
			return fault("Setting the protection of "+name, err)
		}
	}
	return nil
}

// get reads Paddock's keys from the repository's own settings file.
func (f *Forge) get(ctx context.Context, name string) (map[string]string, error) {
	dir, err := f.open(name)
	if err != nil {
		return nil, err
	}
	out, err := f.run(ctx, call{dir: dir, args: []string{"config", "--file", filepath.Join(dir, "config"), "--null", "--get-regexp", `^paddock\.`}})
	if err != nil && exitOf(err) != 1 { // 1: no such key
		return nil, fault("Reading the protection of "+name, err)
	}
	s := map[string]string{}
	for _, rec := range strings.Split(string(out), "\x00") {
		if key, value, ok := strings.Cut(rec, "\n"); ok {
			s[key] = value
		}
	}
	return s, nil
}

// writable refuses a frozen repository.
func (f *Forge) writable(ctx context.Context, name string) error {
	frozen, err := f.Frozen(ctx, name)
	if err == nil && frozen {
		return core.Errorf(core.Conflict, "The repository %q is archived and read-only.", name).Hinted("Restore the app first.")
	}
	return err
}
