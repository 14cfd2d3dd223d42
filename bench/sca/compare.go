package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// answer is one advisory for one package in one version.
type answer struct{ ecosystem, name, version, id string }

func (a answer) String() string {
	return fmt.Sprintf("%s %s@%s %s", a.ecosystem, a.name, a.version, a.id)
}

// compare prints the table and each difference, and returns how many there are.
func compare(ctx context.Context, scanner, records, locks string, out io.Writer) (int, error) {
	db, err := load(ctx, records)
	if err != nil {
		return 0, err
	}
	s, err := newScanner(scanner, records)
	if err != nil {
		return 0, err
	}
	defer s.close()
	dirs, err := os.ReadDir(locks)
	if err != nil {
		return 0, err
	}
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "lock file\tpackages\tosv-scanner\tpaddock\tsame\tmissed\textra\tGo itself")
	var notes []string
	total := 0
	for _, d := range dirs {
		if !d.IsDir() {
			continue
		}
		file, err := lockIn(filepath.Join(locks, d.Name()))
		if err != nil {
			return 0, err
		}
		theirs, std, err := s.scan(ctx, file)
		if err != nil {
			return 0, fmt.Errorf("osv-scanner on %s: %w", file, err)
		}
		ours, packages, err := match(db, filepath.Dir(file))
		if err != nil {
			return 0, err
		}
		missed, extra := minus(theirs, ours), minus(ours, theirs)
		fmt.Fprintf(t, "%s/%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", d.Name(), filepath.Base(file), packages, len(theirs), len(ours), len(theirs)-len(missed), len(missed), len(extra), std)
		total += len(theirs)
		for note, list := range map[string][]answer{"missed": missed, "extra": extra} {
			for _, a := range list {
				notes = append(notes, fmt.Sprintf("%s: %s %s", d.Name(), note, a))
			}
		}
	}
	if err := t.Flush(); err != nil {
		return 0, err
	}
	slices.Sort(notes)
	for _, n := range notes {
		fmt.Fprintln(out, n)
	}
	fmt.Fprintf(out, "%d advisories of osv-scanner, %d differences\n", total, len(notes))
	return len(notes), nil
}

func load(ctx context.Context, records string) (*osv.DB, error) {
	h := osv.NewHarvest(false, nil)
	zips, err := filepath.Glob(filepath.Join(records, "*", "all.zip"))
	if err != nil || len(zips) == 0 {
		return nil, fmt.Errorf("no <Ecosystem>/all.zip in %s", records)
	}
	for _, z := range zips {
		if err := h.Add(ctx, z); err != nil {
			return nil, err
		}
	}
	return osv.Memory(h)
}

// lockIn is the one lock file of a folder; manifests may stand beside it.
func lockIn(dir string) (string, error) {
	for _, name := range []string{"package-lock.json", "yarn.lock", "pnpm-lock.yaml", "requirements.txt", "uv.lock", "poetry.lock", "Pipfile.lock", "go.mod"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return filepath.Join(dir, name), nil
		}
	}
	return "", fmt.Errorf("there is no lock file in %s", dir)
}

// match asks our database about each package of a folder's lock file.
func match(db *osv.DB, dir string) ([]answer, int, error) {
	t, err := tree.Load(context.Background(), os.DirFS(dir), tree.Limits{}, true)
	if err != nil {
		return nil, 0, err
	}
	set := lockfile.Read(t)
	if len(set.Faults) > 0 {
		return nil, 0, fmt.Errorf("%s: %s", dir, strings.Join(set.Faults, "; "))
	}
	var out []answer
	n := 0
	for _, p := range set.Projects {
		for _, pkg := range p.Packages {
			n++
			m, err := db.Match(string(pkg.Ecosystem), pkg.Name, pkg.Version)
			if err != nil {
				return nil, 0, err
			}
			for _, a := range m.Advisories {
				out = append(out, answer{string(pkg.Ecosystem), osv.Normal(string(pkg.Ecosystem), pkg.Name), plain(string(pkg.Ecosystem), pkg.Version), a.ID})
			}
		}
	}
	return tidy(out), n, nil
}

// plain writes a version of Go without its v, as osv-scanner does.
func plain(ecosystem, version string) string {
	if ecosystem == "Go" {
		return strings.TrimPrefix(version, "v")
	}
	return version
}

func tidy(list []answer) []answer {
	slices.SortFunc(list, func(a, b answer) int { return cmp.Compare(a.String(), b.String()) })
	return slices.Compact(list)
}

func minus(a, b []answer) []answer {
	return slices.DeleteFunc(slices.Clone(a), func(x answer) bool { return slices.Contains(b, x) })
}
