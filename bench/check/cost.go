package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// cost is what one run of a program took, with all programs it started and
// waited for.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes of resident memory, of the largest process
}

// then adds what ran afterwards: times add up, of memory the larger counts.
func (c cost) then(d cost) cost {
	return cost{c.wall + d.wall, c.cpu + d.cpu, max(c.peak, d.peak)}
}

// command is one program to run.
type command struct {
	dir  string
	args []string
	env  []string // all of it
	ok   []int    // exit codes that mean: it did its work
}

// run runs a command to its end. What it prints is thrown away; an exit code
// that is not expected is an error that shows the end of it.
func (c command) run(ctx context.Context) (cost, error) {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir, cmd.Env = c.dir, c.env
	var tail bytes.Buffer
	cmd.Stderr = &tail
	from := time.Now()
	err := cmd.Run()
	wall := time.Since(from)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return cost{}, err
	}
	if code := cmd.ProcessState.ExitCode(); !slices.Contains(c.ok, code) {
		said := tail.Bytes()
		return cost{}, fmt.Errorf("%v ended with code %d: %s", c.args, code, said[max(0, len(said)-1000):])
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), used.Maxrss << 10}, nil
}

// median takes the median of each part by itself.
func median(all []cost) cost {
	part := func(of func(cost) int64) int64 {
		list := make([]int64, len(all))
		for i, c := range all {
			list[i] = of(c)
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	return cost{
		time.Duration(part(func(c cost) int64 { return int64(c.wall) })),
		time.Duration(part(func(c cost) int64 { return int64(c.cpu) })),
		part(func(c cost) int64 { return c.peak }),
	}
}

func (c cost) String() string {
	return fmt.Sprintf("%8.2f s wall %8.2f s CPU %7.0f MB", c.wall.Seconds(), c.cpu.Seconds(), float64(c.peak)/1e6)
}
