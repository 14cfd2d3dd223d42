package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check"
)

// pushed is how many files the push has.
const pushed = 200

// push measures how long a maker's push waits for its secret gate: the forge
// hands out everything new in it, and each file is scanned. It runs in a process
// of its own, for the memory of this one would count as that of its children.
func (b *bench) push(ctx context.Context) error {
	dir, err := b.copyOf(ctx, clutch)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var all []time.Duration
	for i := range b.rounds {
		cmd := exec.CommandContext(ctx, self, "push-of", dir, filepath.Join(b.dir, fmt.Sprint("forge", i)))
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return err
		}
		d, err := time.ParseDuration(strings.TrimSpace(string(out)))
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	slices.Sort(all)
	b.atMost(fmt.Sprintf("secret gate of a push of %d files", pushed), all[len(all)/2].Seconds()*1000, 500, "ms")
	return nil
}

// pushOf makes a forge below root, brings a commit of 200 files of the folder
// into it as a push would, and prints how long the gate took.
func pushOf(dir, root string) int {
	d, err := gate(context.Background(), dir, root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/check:", err)
		return 1
	}
	fmt.Println(d)
	return 0
}

func gate(ctx context.Context, dir, root string) (time.Duration, error) {
	work := filepath.Join(root, "work")
	if err := sample(ctx, dir, work); err != nil {
		return 0, err
	}
	commit, err := git(ctx, work, "rev-parse", "HEAD")
	if err != nil {
		return 0, err
	}
	forge, err := local.New(local.Options{Root: filepath.Join(root, "git"), HookCommand: []string{"/bin/false"}, Clock: core.SystemClock{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, err
	}
	if err := forge.Create(ctx, "app"); err != nil {
		return 0, err
	}
	if out, err := git(ctx, filepath.Join(root, "git", "repos", "app.git"), "fetch", "--quiet", work, "HEAD"); err != nil {
		return 0, fmt.Errorf("%w: %s", err, out)
	}
	engine, err := check.New(check.Options{Key: []byte("bench")}) // a server has made it long before
	if err != nil {
		return 0, err
	}
	scanner, files := engine.Secrets(), 0
	from := time.Now()
	err = forge.NewObjects(ctx, "app", "", []core.RefUpdate{{New: strings.TrimSpace(commit)}}, func(path, _ string, _ int64, content []byte) error {
		files++
		scanner.Scan(path, content)
		return nil
	})
	took := time.Since(from)
	if err == nil && files < pushed*9/10 { // some of them are the same
		err = fmt.Errorf("%d files came in the push", files)
	}
	return took, err
}

// sample commits every n-th file of a folder to a new repository.
func sample(ctx context.Context, dir, work string) error {
	list, err := git(ctx, dir, "ls-files", "-z", "*.go", "*.ts", "*.tsx", "*.yaml", "*.md", "*.json", "*.js")
	if err != nil {
		return err
	}
	names := strings.Split(strings.TrimSuffix(list, "\x00"), "\x00")
	if len(names) < pushed {
		return fmt.Errorf("%s has %d files only", dir, len(names))
	}
	for i := range pushed {
		name := names[i*len(names)/pushed]
		if err := copyFile(filepath.Join(dir, name), filepath.Join(work, name), 0o600); err != nil {
			return err
		}
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all", "--force"},
		{"-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "--message", "a push"}} {
		if out, err := git(ctx, work, args...); err != nil {
			return fmt.Errorf("git %v: %w: %s", args, err, out)
		}
	}
	return nil
}

func copyFile(from, to string, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}
