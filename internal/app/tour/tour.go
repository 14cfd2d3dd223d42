package tour

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
)

// step is one step of the tour. It returns what proves it.
type step struct {
	name string
	walk func(ctx context.Context, r *road) (evidence, error)
}

// evidence is what a step saw: short facts by name.
type evidence map[string]any

var steps = []step{
	{"sign in and preview", signInAndPreview},
	{"create the app, through a crash", createThroughCrash},
	{"a key is refused at the push", refuseKey},
	{"the report blocks", reportBlocks},
	{"checks pass, approvals by class", fixAndApprove},
	{"merge, build and evidence", mergeAndBuild},
	{"deploy in the region", deployInRegion},
	{"guardrails at run time", guardrails},
	{"usage, cost and budget", usageAndBudget},
	{"idle, archived, restored", ageAndRestore},
	{"proof without a server", proveOffline},
}

// line is what --json prints for each step.
type line struct {
	Step     int      `json:"step"`
	Name     string   `json:"name"`
	OK       bool     `json:"ok"`
	MS       int64    `json:"ms"`
	Evidence evidence `json:"evidence"`
	Error    string   `json:"error,omitempty"`
}

// Run walks all steps and stops at the first that does not hold. Errors:
// Blocked when a step does not hold; the server's log is then kept.
func Run(ctx context.Context, o cli.TourOptions, std cli.IO) error {
	dir, clean, err := folder(o.Data)
	if err != nil {
		return err
	}
	r, err := newRoad(ctx, dir, o.Workerd)
	if err != nil {
		clean()
		return err
	}
	defer r.close()
	begun := time.Now()
	if err := walk(ctx, r, o.JSON, std); err != nil {
		fmt.Fprintf(std.Err, "The tour stopped. The server's log is %s\n", r.server.Log)
		return err
	}
	fmt.Fprintf(std.Err, "All %d steps held, in %.1f s.\n", len(steps), time.Since(begun).Seconds())
	if o.Stay {
		return stay(ctx, r, std)
	}
	r.close()
	clean()
	return nil
}

func walk(ctx context.Context, r *road, asJSON bool, std cli.IO) error {
	bar := progress(std.Err, asJSON)
	for i, s := range steps {
		bar.Describe(s.name)
		begun := time.Now()
		ev, err := s.walk(ctx, r)
		l := line{Step: i + 1, Name: s.name, OK: err == nil, MS: time.Since(begun).Milliseconds(), Evidence: ev}
		if err != nil {
			l.Error = err.Error()
		}
		_ = bar.Add(1)
		report(std.Out, asJSON, l)
		if err != nil {
			return &core.Error{Code: core.Blocked, Msg: fmt.Sprintf("Step %d (%s) does not hold: %v", i+1, s.name, err), Err: err}
		}
	}
	return nil
}

func report(out io.Writer, asJSON bool, l line) {
	if asJSON {
		b, err := json.Marshal(l)
		if err == nil {
			fmt.Fprintln(out, string(b))
		}
		return
	}
	mark := "ok"
	if !l.OK {
		mark = "FAILED"
	}
	fmt.Fprintf(out, "%2d  %-34s %-6s %6d ms\n", l.Step, l.Name, mark, l.MS)
	for _, k := range sorted(l.Evidence) {
		fmt.Fprintf(out, "      %s: %v\n", k, l.Evidence[k])
	}
}

// progress draws a line on a terminal, and nothing elsewhere.
func progress(errs io.Writer, quiet bool) *progressbar.ProgressBar {
	f, ok := errs.(*os.File)
	terminal := false
	if ok && !quiet {
		if st, err := f.Stat(); err == nil {
			terminal = st.Mode()&os.ModeCharDevice != 0
		}
	}
	return progressbar.NewOptions(len(steps), progressbar.OptionSetWriter(errs), progressbar.OptionSetVisibility(terminal),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(20))
}

// folder makes the data folder; clean takes a temporary one away again.
func folder(data string) (dir string, clean func(), err error) {
	if data != "" {
		abs, err := filepath.Abs(data)
		if err != nil {
			return "", nil, core.Hidden("Finding the data folder", err)
		}
		if left, err := os.ReadDir(abs); err == nil && len(left) > 0 {
			return "", nil, core.Errorf(core.Invalid, "The folder %q is not empty.", data).At("data").Hinted("The tour wants a folder of its own.")
		}
		return abs, func() {}, os.MkdirAll(abs, 0o700)
	}
	dir, err = os.MkdirTemp("", "paddock-tour-")
	if err != nil {
		return "", nil, core.Hidden("Making a temporary folder", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// stay keeps the server up until the tour is told to end.
func stay(ctx context.Context, r *road, std cli.IO) error {
	if err := r.server.Start(ctx, ""); err != nil {
		return err
	}
	if err := scene(ctx, r); err != nil {
		return err
	}
	link, err := r.paddock(ctx, "link", visit.AdminEmail, "--data", r.dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "\nPaddock stays up at %s\nSign in as %s: %s", r.server.Base, visit.AdminEmail, link)
	maker, err := r.paddock(ctx, "link", "hana@example.org", "--data", r.dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "Sign in as the maker hana@example.org: %s\nPress Ctrl-C to end it. The data is in %s\n", maker, r.dir)
	<-ctx.Done()
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	return ctx.Err()
}
