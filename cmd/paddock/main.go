// Command paddock is the control plane, its command line and its tour in one
// binary.
package main

import (
	"context"
	"os"
	"os/signal"
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
		}
	}
	// A control plane that waits most of the time should be small: the heap is
	// given back early, up to this soft limit.
	debug.SetGCPercent(50)
	debug.SetMemoryLimit(100 << 20)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	std := cli.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Dir: "."}
	os.Exit(cli.Main(ctx, os.Args[1:], std, app.Programs(version)))
}
