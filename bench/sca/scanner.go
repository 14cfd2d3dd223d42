package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/engine/osv"
)

// scanner is osv-scanner with its records in the place where it looks.
type scanner struct{ program, dir string }

func newScanner(program, records string) (*scanner, error) {
	dir, err := os.MkdirTemp("", "sca-*")
	if err != nil {
		return nil, err
	}
	s := &scanner{program: program, dir: dir}
	zips, err := filepath.Glob(filepath.Join(records, "*", "all.zip"))
	if err != nil {
		return nil, err
	}
	for _, z := range zips {
		z, err := filepath.Abs(z)
		if err != nil {
			return nil, err
		}
		to := filepath.Join(dir, "osv-scalibr", filepath.Base(filepath.Dir(z)))
		if err := errors.Join(os.MkdirAll(to, 0o700), os.Symlink(z, filepath.Join(to, "all.zip"))); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *scanner) close() { _ = os.RemoveAll(s.dir) }

// scan returns what osv-scanner says of a lock file, without the holes of Go
// itself, which it counts by the language version that a go.mod asks for.
func (s *scanner) scan(ctx context.Context, file string) ([]answer, int, error) {
	// Without these two words it asks the network, and builds the project.
	cmd := exec.CommandContext(ctx, s.program, "scan", "source", "--offline", "--no-call-analysis=all", "--format", "json", "-L", file)
	cmd.Env = append(os.Environ(), "OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY="+s.dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	text, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) { // 1: there are holes
		return nil, 0, fmt.Errorf("%w: %s", err, errs.String())
	}
	var got struct {
		Results []struct {
			Packages []struct {
				Package struct{ Name, Version, Ecosystem string }
				Holes   []struct{ ID string } `json:"vulnerabilities"`
			}
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		return nil, 0, err
	}
	var out []answer
	std := 0
	for _, r := range got.Results {
		for _, p := range r.Packages {
			for _, h := range p.Holes {
				if p.Package.Ecosystem == "Go" && p.Package.Name == "stdlib" {
					std++
					continue
				}
				out = append(out, answer{p.Package.Ecosystem, osv.Normal(p.Package.Ecosystem, p.Package.Name), p.Package.Version, h.ID})
			}
		}
	}
	return tidy(out), std, nil
}
