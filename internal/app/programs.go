package app

import (
	"context"
	"fmt"
	"io"

	"github.com/paddock-dev/paddock/internal/app/tour"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/life/build"
)

// BundleArg is the hidden argument that makes this program bundle one app's
// sources in a confined process.
const BundleArg = "bundle-child"

// Programs are the commands that need the whole house.
func Programs(version string) cli.Programs {
	return cli.Programs{
		Version: version,
		Serve:   func(ctx context.Context, c cli.Config, std cli.IO) error { return Serve(ctx, c, version, std) },
		Link:    Link,
		Seal:    Seal,
		Sealed:  SealedCodes,
		Vulns: cli.Vulns{
			Import: func(ctx context.Context, in cli.VulnImport) (cli.VulnState, error) {
				return ImportVulns(ctx, version, in)
			},
			Export: func(at cli.VulnDB, only []string, w io.Writer) (osv.Manifest, error) {
				return ExportVulns(version, at, only, w)
			},
			Show: ShowVulns,
		},
		Components: Components,
		Reindex:    Reindex,
		Prepare:    Prepare,
		PastRules:  PastRules,
		Backup: func(ctx context.Context, o cli.BackupOptions) (cli.Outcome, error) {
			return Backup(ctx, version, o)
		},
		Drill:   Drill,
		Restore: Restore,
		Migrate: Migrate,
		Erase:   Erase,
		Export:  ExportEvidence,
		Prove:   ProveEvent,
		Recall:  Recall,
		WhatIf:  WhatIf,
		Advise:  Advise,

		ExportPolicy: ExportPolicy,
		ExportLog: func(ctx context.Context, at cli.LogPlace, q cli.LogQuery, format string, w io.Writer) error {
			return ExportLog(ctx, version, at, q, format, w)
		},
		Tour:  tour.Run,
		Check: func(ctx context.Context, o cli.CheckOptions) (cli.Checked, error) { return Check(ctx, version, o) },
		Bill:  func(ctx context.Context, o cli.BillOptions) (cli.Bill, error) { return Bill(ctx, version, o) },
	}
}

// BundleChild is the work of that confined process; it returns its exit code.
func BundleChild(in io.Reader, out, errs io.Writer) int {
	if err := build.Child(in, out); err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	return 0
}
