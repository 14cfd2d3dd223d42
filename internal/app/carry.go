package app

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/catalog/carry"
)

// carrier brings governance revisions from one site to another.
type carrier struct{ house *house }

// Bundle implements desk.Carrier. Only what was on the main branch is signed,
// and only what can be read without faults.
func (c *carrier) Bundle(ctx context.Context, by core.Actor, revision string) (string, []byte, error) {
	h := c.house
	if revision == "" {
		revision = h.shelf.Current().ID
	}
	tree, err := h.forge.Tree(ctx, GovernanceRepo, revision)
	if err != nil {
		return "", nil, err
	}
	if on, err := h.forge.UpToDate(ctx, GovernanceRepo, revision, "main"); err != nil || !on {
		return "", nil, core.Errorf(core.Conflict, "The revision %.10s is not on the main branch of the governance repository.", revision).Hinted("Push it to main first.")
	}
	rev, err := catalog.Load(ctx, tree, revision)
	if err != nil {
		return "", nil, err
	}
	files, err := treeFiles(tree)
	if err != nil {
		return "", nil, err
	}
	var b bytes.Buffer
	if err := carry.Write(&b, revision, rev.Policy.Revision(), files, h.keys); err != nil {
		return "", nil, err
	}
	err = h.store.InTx(ctx, func(ctx context.Context) error {
		return h.audit.Append(ctx, core.Event{Action: "governance.bundle", Actor: by, Target: revision, Code: "ok", Data: map[string]string{"policy": rev.Policy.Revision()}})
	})
	return fmt.Sprintf("paddock-governance-%.10s.tar.gz", revision), b.Bytes(), err
}

// Import implements desk.Carrier. The bundle is verified, read and tested before
// anything is kept; then it is published as a push is.
func (c *carrier) Import(ctx context.Context, who core.Person, by core.Actor, file []byte, look bool) (view.Carried, error) {
	h := c.house
	trusted, err := c.trusted()
	if err != nil {
		return view.Carried{}, err
	}
	b, err := carry.Read(file, trusted)
	if err != nil {
		return view.Carried{}, err
	}
	base, err := h.forge.Head(ctx, GovernanceRepo, "main")
	if err != nil {
		return view.Carried{}, err
	}
	out := view.Carried{Commit: b.Commit, Installation: b.Installation, PolicyRevision: b.PolicyRevision}
	if err := c.compare(ctx, base, b.Contents, &out); err != nil {
		return view.Carried{}, err
	}
	v, err := catalog.Validate(ctx, memory(b.Contents), b.Commit, h.clock.Now())
	if err != nil {
		return view.Carried{}, err
	}
	out.Tests = len(v.Tests)
	if look {
		return out, nil
	}
	if len(out.Added)+len(out.Changed)+len(out.Removed) > 0 {
		if base, err = c.keep(ctx, who, by, base, b); err != nil {
			return view.Carried{}, err
		}
	}
	out.Revision = base
	if h.shelf.Current().ID != base {
		if out.Says, err = h.govern.Main(ctx, who, by, base); err != nil {
			return out, err
		}
	}
	out.InForce = h.shelf.Current().ID == base
	return out, nil
}

// keep makes a commit of the bundle on the main branch.
func (c *carrier) keep(ctx context.Context, who core.Person, by core.Actor, base string, b carry.Bundle) (string, error) {
	h := c.house
	message := fmt.Sprintf("Import governance revision %.10s\n\nFrom installation %s, commit %s.\nPolicy revision %s.\n", b.Commit, b.Installation, b.Commit, b.PolicyRevision)
	commit, err := h.forge.Replace(ctx, GovernanceRepo, "main", base, b.Contents, fmt.Sprintf("Paddock import <%s>", who.Email), message, h.clock.Now())
	if err != nil {
		return "", err
	}
	return commit, h.store.InTx(ctx, func(ctx context.Context) error {
		return h.audit.Append(ctx, core.Event{Action: "governance.import", Actor: by, Target: commit, Code: "ok",
			Data: map[string]string{"commit": b.Commit, "installation": b.Installation, "policy": b.PolicyRevision}})
	})
}

// compare says which files of the main branch would change.
func (c *carrier) compare(ctx context.Context, base string, files map[string][]byte, out *view.Carried) error {
	tree, err := c.house.forge.Tree(ctx, GovernanceRepo, base)
	if err != nil {
		return err
	}
	have, err := treeFiles(tree)
	if err != nil {
		return err
	}
	out.Added, out.Changed, out.Removed = []string{}, []string{}, []string{}
	for path, text := range files {
		switch old, there := have[path]; {
		case !there:
			out.Added = append(out.Added, path)
		case !bytes.Equal(old, text):
			out.Changed = append(out.Changed, path)
		}
	}
	for path := range have {
		if _, stays := files[path]; !stays {
			out.Removed = append(out.Removed, path)
		}
	}
	slices.Sort(out.Added)
	slices.Sort(out.Changed)
	slices.Sort(out.Removed)
	return nil
}

// maxKeys bounds the file of trusted keys, in bytes.
const maxKeys = 64 << 10

// trusted are the keys whose bundles count: this site's own, and those of its
// configuration. The file is read at each use, so a key can be taken away.
func (c *carrier) trusted() ([]ed25519.PublicKey, error) {
	keys := []ed25519.PublicKey{c.house.keys.PublicKey()}
	name := c.house.config.GovernanceKeys
	if name == "" {
		return keys, nil
	}
	more, err := keysOf(name, "governance_keys")
	return append(keys, more...), err
}

// keysOf reads a file of public keys, one after the other. field names the
// setting that names the file.
func keysOf(name, field string) ([]ed25519.PublicKey, error) {
	text, err := os.ReadFile(name)
	if err != nil || len(text) > maxKeys {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The file of trusted keys cannot be read.", Hint: "Check " + field + ".", Field: field, Err: err}
	}
	var keys []ed25519.PublicKey
	for len(bytes.TrimSpace(text)) > 0 {
		block, rest := pem.Decode(text)
		if block == nil {
			return nil, core.Errorf(core.Unreadable, "The file of trusted keys holds something that is no key.").Hinted("Put keys/signing.pub of each site into it, one after the other.").At(field)
		}
		key, err := seal.ParsePublicPEM(pem.EncodeToMemory(block))
		if err != nil {
			return nil, core.AsError(err).At(field)
		}
		keys, text = append(keys, key), rest
	}
	return keys, nil
}

// treeFiles reads all files of a tree.
func treeFiles(tree fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path], err = fs.ReadFile(tree, path)
		}
		return err
	})
	return files, err
}

// memory is a tree of files that are in memory.
func memory(files map[string][]byte) fs.FS {
	tree := fstest.MapFS{}
	for path, text := range files {
		tree[path] = &fstest.MapFile{Data: text, Mode: 0o644}
	}
	return tree
}
