package app

import (
	"context"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/change"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
)

// checks makes the engine of all checks, and the scanner of pushes.
func (h *house) checks() (change.Checks, *secrets.Scanner, error) {
	c := h.config
	known, err := newVulns(cli.VulnDB{File: c.VulnDB, Keys: c.VulnDBKeys, Data: c.Data, MaxAge: c.VulnDBMaxAge}, h.log)
	if err != nil {
		return nil, nil, err
	}
	e, err := check.New(check.Options{Clock: h.clock, Log: h.log, Version: h.version, Key: []byte(h.keys.Fingerprint("secrets", nil)), Advisories: known.data})
	if err != nil {
		return nil, nil, err
	}
	return e, e.Secrets(), nil
}

// Check checks an app's files as the gate would, without a server: by the
// governance tree in a folder, or by the starter tree if none is named.
func Check(ctx context.Context, version string, o cli.CheckOptions) (cli.Checked, error) {
	clock := core.SystemClock{}
	out := cli.Checked{Started: clock.Now()}
	tree := governance.FS()
	if o.Governance != "" {
		tree = os.DirFS(o.Governance)
	}
	rev, err := catalog.Load(ctx, tree, "local")
	if err != nil {
		return out, err
	}
	known, err := vulnData(o.Vulns)
	if err != nil {
		return out, err
	}
	e, err := check.New(check.Options{Version: version, Advisories: func() dependencies.Data { return known }})
	if err != nil {
		return out, err
	}
	dir := o.Target
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(o.Dir, dir)
	}
	app := core.App{Name: filepath.Base(dir)}
	if b, err := os.ReadFile(filepath.Join(dir, catalog.DescriptorFile)); err == nil {
		if d, _, err := catalog.ParseDescriptor(catalog.DescriptorFile, b); err == nil {
			app.Name, app.Descriptor = d.Name, d
		}
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return out, core.Errorf(core.Unreadable, "The folder %q cannot be read.", dir).Hinted("Name the folder of an app.")
	}
	out.Root, out.Files = dir, os.DirFS(dir)
	in := change.Input(rev, app, core.Person{}, nil, clock.Now(), "", out.Files, nil)
	in.Outside = o.Outside
	out.Report, err = e.Run(ctx, in)
	out.Finished = clock.Now()
	return out, err
}
