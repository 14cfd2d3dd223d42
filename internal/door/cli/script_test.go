package cli_test

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/paddock-dev/paddock/internal/app"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

// TestScript runs the scripts. The command in them is
//
//	paddock CODE words...
//
// where CODE is the exit code to expect.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			governance, err := filepath.Abs("../../../governance")
			e.Setenv("GOVERNANCE", governance)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"paddock":   paddock,
			"database":  freshDatabase(t),
			"auditlog":  makeAuditLog,
			"keep":      keepCheckpoint,
			"pglog":     makePgLog(t),
			"pgdamage":  pgDamage,
			"keyfile":   putKey,
			"zipped":    zipped,
			"damage":    damage,
			"edit":      edit,
			"app":       makeApp,
			"person":    makePerson,
			"decided":   makeDecided,
			"eventid":   eventID,
			"integrate": integrate,
			"answers":   answers,
		},
	})
}

func paddock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: paddock EXIT-CODE words...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	std := cli.IO{In: strings.NewReader(""), Out: ts.Stdout(), Err: ts.Stderr(), Dir: ts.MkAbs("."), Env: func(name string) (string, bool) {
		v := ts.Getenv(name)
		return v, v != ""
	}}
	if got := cli.Main(context.Background(), args[1:], std, keep(house())); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// house stands in for the parts that need the whole house: it prints what it
// was asked for.
func house() cli.Programs {
	return cli.Programs{
		Version: "v1.2.3",
		Serve: func(_ context.Context, c cli.Config, std cli.IO) error {
			fmt.Fprintf(std.Out, "serve data=%s listen=%s lab=%t\n", c.Data, c.Listen, c.Lab)
			return nil
		},
		Tour: func(_ context.Context, o cli.TourOptions, std cli.IO) error {
			fmt.Fprintf(std.Out, "tour json=%t data=%s stay=%t workerd=%s\n", o.JSON, o.Data, o.Stay, o.Workerd)
			return nil
		},
		PastRules: func(string) fsck.Rules { return noRules{} },
		Link: func(_ context.Context, dir, _, email string) (string, error) {
			if email != "ada@example.com" {
				return "", core.Errorf(core.NotFound, "Nobody here has the e-mail %q.", email).Hinted("Check the spelling.")
			}
			return "http://localhost:8420/sign-in?token=" + dir, nil
		},
		Prepare: func(_ context.Context, o cli.PrepareOptions) (int64, error) {
			if o.Server == "nobody" {
				return 0, core.Errorf(core.Invalid, "The database %s has no role %q.", o.Owner, o.Server).Hinted("Create it first.")
			}
			return 42, nil
		},
		Seal:   app.Seal,
		Sealed: app.SealedCodes,
		Erase:  app.Erase,
		Export: app.ExportEvidence,

		ExportPolicy: app.ExportPolicy,
		Prove:        app.ProveEvent,
		Recall:       app.Recall,
		ExportLog: func(ctx context.Context, at cli.LogPlace, q cli.LogQuery, format string, w io.Writer) error {
			return app.ExportLog(ctx, "v1.2.3", at, q, format, w)
		},
		Vulns:      app.Programs("v1.2.3").Vulns,
		Components: app.Components,
		Reindex:    app.Reindex,
		Bill:       func(ctx context.Context, o cli.BillOptions) (cli.Bill, error) { return app.Bill(ctx, "v1.2.3", o) },
		Check: func(ctx context.Context, o cli.CheckOptions) (cli.Checked, error) {
			if r, ok := reportFor(filepath.Join(o.Dir, o.Target), o.Governance); ok {
				return cli.Checked{Report: r}, nil
			}
			return app.Check(ctx, "v1.2.3", o)
		},
	}
}

// noRules finds no revision.
type noRules struct{}

func (noRules) Find(context.Context, []string, [][]string) (map[string]fsck.Policies, error) {
	return nil, nil
}
