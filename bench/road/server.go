package main

import (
	"context"
	"fmt"
	"os"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// start starts a server on a data folder, which it makes if need be.
func start(ctx context.Context, program, dir string) (*visit.Server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s, err := visit.NewServer(ctx, dir, "")
	if err != nil {
		return nil, err
	}
	s.Program = program
	if err := s.Start(ctx, ""); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, tail(s.Log))
	}
	return s, nil
}

// tail returns the end of a log file.
func tail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-2000):])
}
