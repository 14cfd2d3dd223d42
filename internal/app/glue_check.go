package app

import (
	"context"
	"io"
	"io/fs"
	"os"
	"runtime"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/change"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/apart"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
	"github.com/paddock-dev/paddock/internal/life/check/lint"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
)

// checks makes the checks of pushes, which run in a process of their own, and the
// scanner of pushes.
func (h *house) checks() (*apart.Runner, *secrets.Scanner, error) {
	c := h.config
	known, err := newVulns(cli.VulnDB{File: c.VulnDB, Keys: c.VulnDBKeys, Data: c.Data, MaxAge: c.VulnDBMaxAge}, h.log)
	if err != nil {
		return nil, nil, err
	}
	key := []byte(h.keys.Fingerprint("secrets", nil))
	scanner, err := secrets.New(key)
	if err != nil {
		return nil, nil, err
	}
	return &apart.Runner{Command: selfCommand(CheckArg), Limits: apart.DefaultLimits(), Clock: h.clock, Log: h.log, Version: h.version, Key: key, Database: known.told, Slots: make(chan struct{}, max(2, runtime.NumCPU()))}, scanner, nil
}

// unsavedTime is how long somebody waits for the checks of what they send: less
// than an answer may take.
const unsavedTime = 20 * time.Second

// apartNow makes the checks of files that somebody sends and waits for. They take
// no room from those of pushes.
func (h *house) apartNow(pushes *apart.Runner) *apart.Runner {
	now := *pushes
	now.Slots, now.Limits = nil, apart.Limits{Time: unsavedTime, Memory: pushes.Limits.Memory / 2}
	return &now
}

// Check checks an app's files as the gate would, without a server: by the
// governance tree in a folder, or by the starter tree if none is named.
func Check(ctx context.Context, version string, o cli.CheckOptions) (cli.Checked, error) {
	clock := core.SystemClock{}
	out := cli.Checked{Started: clock.Now()}
	src, err := source(ctx, o)
	if err != nil {
		return out, err
	}
	rules, err := rulesFor(ctx, o)
	if err != nil {
		return out, err
	}
	rev, needed := rules.rev, rules.begin(src.files)
	known, err := vulnData(o.Vulns)
	if err != nil {
		return out, err
	}
	e, err := check.New(check.Options{Version: version, Clock: clock, Advisories: func() dependencies.Data { return known }})
	if err != nil {
		return out, err
	}
	out.Root, out.Files = src.root, src.files
	app := appOf(src.name, src.files)
	if o.App != "" {
		app.Name = o.App
	}
	in := change.Input(rev, app, core.Person{}, nil, out.Started, src.commit, src.files, src.base)
	in.Policy, in.RulesFrom = rules.over(in.Policy), rules.from
	src.into(&in)
	in.Baseline, in.Told = o.Baseline, o.Told
	if src.base != nil {
		if in.Before, err = before(ctx, e, rules, src, out.Started); err != nil {
			return out, err
		}
	}
	in.Outside = o.Outside
	in.Oxlint, _ = lint.FindOxlint(os.Getenv("PATH"), src.root)
	report, err := e.Run(ctx, in)
	if needed {
		if wrong := rules.wait(); wrong != nil {
			return out, wrong // the rules are not what they should be, so no report stands
		}
	}
	out.Report, out.Finished = report, clock.Now()
	return out, err
}

// before finds what the left side of A..B had already, by the same rules.
func before(ctx context.Context, e *check.Engine, rules ruled, src checkSource, now time.Time) ([]core.Finding, error) {
	in := change.Input(rules.rev, appOf(src.name, src.base), core.Person{}, nil, now, src.scope.Against, src.base, nil)
	in.Policy = rules.over(in.Policy)
	r, err := e.Run(ctx, in)
	return r.Findings, err
}

// appOf is the app that the files say they are; one that says nothing has the
// name of its folder.
func appOf(name string, files fs.FS) core.App {
	app := core.App{Name: name}
	if info, err := fs.Stat(files, catalog.DescriptorFile); err != nil || !info.Mode().IsRegular() {
		return app // opening a pipe would wait for ever
	}
	f, err := files.Open(catalog.DescriptorFile)
	if err != nil {
		return app
	}
	defer func() { _ = f.Close() }() // opened for reading only
	b, err := io.ReadAll(io.LimitReader(f, maxDescriptor))
	if err != nil {
		return app
	}
	if d, _, err := catalog.ParseDescriptor(catalog.DescriptorFile, b); err == nil {
		app.Name, app.Descriptor = d.Name, d
	}
	return app
}

// maxDescriptor bounds what is read of a microapp.yaml, in bytes.
const maxDescriptor = 1_000_000
