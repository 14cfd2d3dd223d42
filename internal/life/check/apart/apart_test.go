package apart

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

const childEnv = "PADDOCK_TEST_CHECK_CHILD"

// TestMain lets the test program be the process that checks, as paddock is. What
// the variable holds befalls it when it reads a descriptor.
func TestMain(m *testing.M) {
	fault := os.Getenv(childEnv)
	if fault == "" {
		os.Exit(m.Run())
	}
	hands := Hands{Descriptor: func(b []byte) (core.Descriptor, []*core.Error) {
		befall(fault)
		return describe(b)
	}, Advisories: func([]byte) dependencies.Data { return dependencies.Starter() }}
	if err := Child(os.Stdin, os.Stdout, hands); err != nil {
		os.Exit(3)
	}
	os.Exit(0)
}

func befall(fault string) {
	switch fault {
	case "busy":
		_, _ = os.NewFile(3, "").Write([]byte("I am at work"))
		for {
			_ = fault
		}
	case "memory":
		var all [][]byte
		for {
			b := make([]byte, 8<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			all = append(all, b)
			if len(all) > 1000 { // 8 GB: the bound does not hold
				os.Exit(0)
			}
		}
	case "loop":
		for {
			_ = fault
		}
	case "wait":
		select {}
	case "garbage":
		fmt.Print("all is well\n")
		os.Exit(0)
	case "huge":
		_, _ = os.Stdout.Write([]byte{255, 255, 255, 255})
		os.Exit(0)
	case "lie":
		_ = speak(os.Stdout, saying(false, core.Report{App: "tracker", Commit: commit, Verdict: core.Passed, Checks: []core.CheckResult{{Name: "lint", Verdict: core.Passed}}}))
		os.Exit(0)
	case "quiet":
		os.Exit(0)
	case "stack":
		var deep func(int) int
		deep = func(n int) int { return deep(n+1) + 1 }
		deep(0)
	case "loud":
		fmt.Fprintln(os.Stderr, strings.Repeat("s3cret ", 1<<20))
		os.Exit(1)
	case "open":
		for _, name := range []string{"/etc/passwd", "/proc/self/environ"} {
			if _, err := os.Open(name); err == nil {
				os.Exit(0) // which is no answer
			}
		}
		if err := exec.Command("/proc/self/exe").Start(); !errors.Is(err, syscall.EPERM) {
			os.Exit(0)
		}
		if err := syscall.Exec("/proc/self/exe", []string{"again"}, nil); !errors.Is(err, syscall.EPERM) {
			os.Exit(0)
		}
		if err := syscall.Kill(os.Getppid(), 0); !errors.Is(err, syscall.EPERM) {
			os.Exit(0)
		}
		if _, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0); !errors.Is(err, syscall.EPERM) {
			os.Exit(0)
		}
	}
}

const commit = "c0ffee0000000000000000000000000000000000"

func describe(b []byte) (core.Descriptor, []*core.Error) {
	return core.Descriptor{Name: "tracker", Classification: core.Classification("internal"), Region: "eu-west-1", Data: []string{"contact"}}, nil
}

type rules struct{ asked int }

func (r *rules) Merge(_ context.Context, soFar core.Report) (core.Verdicts, string, error) {
	r.asked++
	if soFar.Descriptor == nil || len(soFar.SBOM) == 0 || len(soFar.Checks) == 0 {
		return core.Verdicts{}, "", errors.New("something is left out of the question")
	}
	return core.Verdicts{Deny: []core.Reason{{Code: "sample", Message: "The rules say no.", Fix: "Ask.", Path: "microapp.yaml:1"}}}, "sha256:rev", nil
}

func runner(fault string) *Runner {
	limits := DefaultLimits()
	return &Runner{Limits: limits, Clock: at(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), Log: slog.New(slog.DiscardHandler), Version: "test", Key: []byte("key"), Database: func() []byte { return nil },
		Command: func(ctx context.Context) *exec.Cmd {
			c := exec.CommandContext(ctx, "/proc/self/exe")
			c.Env = []string{childEnv + "=" + fault}
			return c
		}}
}

func input(t testing.TB) check.Input {
	t.Helper()
	key := "AKIA" + "Q3EGRIBHOP4ZTYM2"
	tree := fstest.MapFS{
		"microapp.yaml":     {Data: []byte("name: tracker\nclassification: internal\n")},
		"src/worker.js":     {Data: []byte("export default { fetch(q) { return eval(q.url) } }\nconst aws = \"" + key + "\"\n")},
		"package.json":      {Data: []byte(`{"name":"tracker","dependencies":{"lodash":"4.17.20"}}`)},
		"package-lock.json": {Data: []byte(`{"name":"tracker","lockfileVersion":3,"packages":{"":{"dependencies":{"lodash":"4.17.20"}},"node_modules/lodash":{"version":"4.17.20","license":"MIT"}}}`)},
		"link":              {Data: []byte("/etc/passwd"), Mode: os.ModeSymlink},
		"big.txt":           {Data: bytes.Repeat([]byte("a\n"), 3_000_000)},
		"picture.png":       {Data: []byte("\x89PNG\x00\x00")},
		"empty":             {},
	}
	vex, err := openvex.Parse("vex/a.json", []byte(`{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.org/vex/1","author":"Security","timestamp":"2026-03-01T09:00:00Z","version":1,
"statements":[{"vulnerability":{"name":"CVE-2021-23337"},"products":[{"@id":"pkg:npm/lodash@4.17.20"}],"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	log, err := outside.Read("scan.sarif", []byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Semgrep"}},"results":[{"ruleId":"r1","level":"error","message":{"text":"bad"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/worker.js"},"region":{"startLine":1}}}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	own, err := rulebook.Own([]rulebook.File{{Name: "rules/own.yaml", Text: []byte("rules:\n  - {code: own_address, severity: warning, title: T, what: W, why: Y, fix: [F], match: [{in: [js], call: [eval]}], bad: {js: [eval(x)]}, good: {js: [f(x)]}}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	return check.Input{App: "tracker", Commit: commit, Code: own, Files: tree, Base: fstest.MapFS{"microapp.yaml": {Data: []byte("name: tracker\nclassification: restricted\n")}}, Descriptor: describe, Policy: &rules{},
		Template: &core.Template{Name: "web", RequiredScans: []string{"secrets", "sca", "codeql"}}, AllowedRegions: []string{"eu-west-1"}, Vendors: []core.Vendor{{Name: "acme", Hosts: []string{"api.acme.example"}}},
		VEX: openvex.New([]openvex.Source{{Document: vex, From: "vex/a.json"}}), Outside: []*outside.Log{log}, Untold: []string{"something about the run"}}
}

// The report is the one that the engine makes in this process, to the letter.
func TestSameReport(t *testing.T) {
	r := runner("open")
	in := input(t)
	e, err := check.New(check.Options{Clock: r.Clock, Version: r.Version, Key: r.Key})
	if err != nil {
		t.Fatal(err)
	}
	want, err := e.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	asked := in.Policy.(*rules)
	asked.asked = 0
	got, err := r.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if asked.asked != 1 {
		t.Errorf("the rules were asked %d times", asked.asked)
	}
	if len(want.SetAside) == 0 || len(want.SBOM) == 0 || want.Descriptor == nil || want.Verdict != core.Blocks {
		t.Fatalf("the sample says too little: %+v", want)
	}
	if !slices.ContainsFunc(want.Findings, func(f core.Finding) bool { return f.Code == "own_address" && f.Docs == "" }) {
		t.Error("the organisation's own rule finds nothing")
	}
	for _, c := range []struct{ a, b any }{{got.Checks, want.Checks}, {got.Findings, want.Findings}, {got.Descriptor, want.Descriptor}, {string(got.SBOM), string(want.SBOM)}, {got, want}} {
		if a, b := fmt.Sprintf("%+v", c.a), fmt.Sprintf("%+v", c.b); a != b && !reflect.DeepEqual(c.a, c.b) {
			i := 0
			for i < min(len(a), len(b)) && a[i] == b[i] {
				i++
			}
			t.Errorf("differs at %d:\n%.300s\n%.300s", i, a[max(0, i-50):], b[max(0, i-50):])
			break
		}
	}
}

// A process that somebody kills while it works is a failed check with a reason, and
// the next check is as good as ever.
func TestKilled(t *testing.T) {
	r := runner("busy")
	plain := r.Command
	started := make(chan *exec.Cmd, 1)
	here, there, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Command = func(ctx context.Context) *exec.Cmd {
		c := plain(ctx)
		c.ExtraFiles = []*os.File{there}
		started <- c
		return c
	}
	go func() {
		if _, err := here.Read(make([]byte, 100)); err != nil { // until it is at work
			t.Error(err)
		}
		if err := syscall.Kill((<-started).Process.Pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	}()
	got, err := r.Run(t.Context(), input(t))
	if err != nil {
		t.Fatal(err)
	}
	if got.Verdict == core.Passed || len(got.Checks) == 0 {
		t.Errorf("the verdict is %q of %d checks", got.Verdict, len(got.Checks))
	}
	for _, c := range got.Checks {
		if c.Verdict == core.Passed || !strings.Contains(fmt.Sprint(c), "they broke down on a file") {
			t.Errorf("%+v", c)
		}
	}
	again := runner("")
	again.Command = func(ctx context.Context) *exec.Cmd {
		c := plain(ctx)
		c.Env = []string{childEnv + "=nothing"}
		return c
	}
	if next, err := again.Run(t.Context(), input(t)); err != nil || next.Verdict != core.Blocks || len(next.Findings) == 0 {
		t.Errorf("the next check: %v, %q", err, next.Verdict)
	}
}

// Whatever befalls the process, nothing passes, the reason can be read, and the
// next check is as good as ever.
func TestFaults(t *testing.T) {
	for fault, want := range map[string]string{
		"quiet": "they broke down on a file", "stack": "they broke down on a file", "loud": "they broke down on a file",
		"memory": "they needed more than 300 MB of memory", "loop": "they took more than 1 seconds", "wait": "they took more than 1 seconds",
		"garbage": "their answer made no sense", "huge": "their answer made no sense", "lie": "their answer made no sense",
	} {
		t.Run(fault, func(t *testing.T) {
			r := runner(fault)
			switch fault {
			case "memory":
				r.Limits.Memory = 300 << 20
			case "stack":
				r.Limits.Memory = 8 << 30 // the race detector makes stacks dear
			case "loop", "wait":
				r.Limits.Time = time.Second
			}
			report, err := r.Run(t.Context(), input(t))
			if err != nil {
				t.Fatal(err)
			}
			if report.Verdict != core.Incomplete || report.PolicyRevision != "" || report.Commit != commit || report.App != "tracker" {
				t.Errorf("%+v", report)
			}
			said := "The checks stopped: " + want + ". Nothing is known of this change."
			for _, name := range check.Names() {
				if !slices.ContainsFunc(report.Checks, func(c core.CheckResult) bool {
					return c.Name == name && c.Verdict == core.Incomplete && slices.Equal(c.Incomplete, []string{said})
				}) {
					t.Errorf("%s: %+v", name, report.Checks)
					break
				}
			}
			r = runner("none")
			if next, err := r.Run(t.Context(), input(t)); err != nil || next.Verdict != core.Blocks || next.PolicyRevision == "" {
				t.Errorf("the next check: %+v, %v", next.Checks, err)
			}
		})
	}
}

// A server that stops, and one that can start nothing, keep no report.
func TestNoReport(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := runner("none").Run(ctx, input(t)); err == nil {
		t.Error("a server that stops has a report")
	}
	r := runner("none")
	r.Command = func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, "/nowhere/paddock") }
	if _, err := r.Run(t.Context(), input(t)); err == nil {
		t.Error("no process has a report")
	}
	in := input(t)
	in.Before = []core.Finding{{}}
	if _, err := runner("none").Run(t.Context(), in); core.CodeOf(err) != core.Internal {
		t.Error("something was left out in silence", err)
	}
}

// What a process of its own adds to a check.
func BenchmarkRun(b *testing.B) {
	e, err := check.New(check.Options{})
	if err != nil {
		b.Fatal(err)
	}
	r := runner("none")
	for name, run := range map[string]func(context.Context, check.Input) (core.Report, error){"inline": e.Run, "apart": r.Run} {
		b.Run(name, func(b *testing.B) {
			in := input(b)
			for b.Loop() {
				if _, err := run(b.Context(), in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// FuzzListen holds that nothing the process says can harm the server.
func FuzzListen(f *testing.F) {
	var b bytes.Buffer
	if err := speak(&b, saying(true, core.Report{App: "a"})); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("garbage that is long enough"))
	f.Add([]byte{0, 0, 0, 2, '{', '}'})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := listen(bytes.NewReader(b))
		if err == nil && (s.Report == nil) == (s.Error == nil) {
			t.Error("neither a report nor an error")
		}
		if err != nil && !errors.Is(err, errProtocol) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error(err)
		}
	})
}

// A check waits while as many run as may, and gives up with its caller.
func TestChecksWaitForASlot(t *testing.T) {
	r := runner("none")
	r.Slots = make(chan struct{}, 1)
	r.Slots <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := r.Run(ctx, input(t)); err == nil {
		t.Error("a check ran beyond the bound")
	}
	<-r.Slots
	report, err := r.Run(t.Context(), input(t))
	if err != nil || report.Verdict != core.Blocks || len(r.Slots) != 0 {
		t.Errorf("with a free slot: %v, %s, %d slots held", err, report.Verdict, len(r.Slots))
	}
}
