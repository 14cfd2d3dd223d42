// Command paddock is the control plane, its command line and its tour in one
// binary.
package main

import (
	"context"
	"os"
	"os/signal"
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
	memory(os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	std := cli.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Dir: "."}
	os.Exit(cli.Main(ctx, os.Args[1:], std, app.Programs(version)))
}
