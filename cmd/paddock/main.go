// Command paddock is the control plane, its command line and its tour in one
// binary.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/paddock-dev/paddock/internal/adapter/target/workerd"
	"github.com/paddock-dev/paddock/internal/app"
	"github.com/paddock-dev/paddock/internal/door/cli"
)

// version is set by the release build.
var version = "dev"

func main() {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case workerd.SandboxArg:
			os.Exit(workerd.SandboxInit())
		case app.BundleArg:
			os.Exit(app.BundleChild(os.Stdin, os.Stdout, os.Stderr))
		case app.CheckArg:
			os.Exit(app.CheckChild(os.Stdin, os.Stdout, os.Stderr))
		}
	}
	heap(os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	std := cli.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Dir: "."}
	os.Exit(cli.Main(ctx, os.Args[1:], std, app.Programs(version)))
}

// heap sets how memory is collected. A control plane that waits most of the time
// should be small: the heap is given back early, up to a soft limit. A check runs
// for seconds: it starts with a heap of up to 12 megabytes, for loading the rules makes much
// that is soon of no use; from then on it collects when a quarter more lives than before.
// That saves a tenth of the memory; it costs a twentieth of the time on thousands of
// files, and up to half as much again on a hundred.
func heap(args []string) {
	if len(args) == 0 || args[0] != "check" {
		debug.SetGCPercent(50)
		debug.SetMemoryLimit(100 << 20)
		return
	}
	debug.SetGCPercent(200) // of 4 MB, the least there is
	debug.SetMemoryLimit(150 << 20)
	runtime.AddCleanup(new([64]byte), func(percent int) { debug.SetGCPercent(percent) }, 25) // at the first collection
}
