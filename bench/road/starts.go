package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// firstStarts measures from the start of the binary to its first good answer,
// each time on an empty folder: the database, keys and first revision are made.
func firstStarts(ctx context.Context, program, dir string, times int) (result, error) {
	var took []time.Duration
	for i := range times {
		s, err := start(ctx, program, filepath.Join(dir, fmt.Sprint(i)))
		if err != nil {
			return result{}, err
		}
		if err := s.Stop(ctx); err != nil {
			return result{}, err
		}
		took = append(took, s.Took)
	}
	return seconds("first start to ready", "max", time.Second, took), nil
}

// restarts measures the same on the folder of a server that has apps.
func restarts(ctx context.Context, program, dir string, times int) (result, error) {
	var took []time.Duration
	for range times {
		s, err := start(ctx, program, dir)
		if err != nil {
			return result{}, err
		}
		if err := s.Stop(ctx); err != nil {
			return result{}, err
		}
		took = append(took, s.Took)
	}
	return seconds("restart with apps to ready", "max", time.Second, took), nil
}

// tour measures the whole tour, once.
func tour(ctx context.Context, program, dir string) (result, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return result{}, err
	}
	begun := time.Now()
	cmd := exec.CommandContext(ctx, program, "tour", "--json", "--data", dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return result{}, fmt.Errorf("the tour failed: %w\n%s", err, out)
	}
	return seconds("tour, all steps", "once", time.Minute, []time.Duration{time.Since(begun)}), nil
}
