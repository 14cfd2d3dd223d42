package main

import (
	"archive/zip"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// rules are the five policy rules that Conftest applies: about as much as the
// starter policy of Paddock asks of the same files.
//
//go:embed rules/*.rego
var rules embed.FS

// step is one of the five programs.
type step struct {
	name string
	command
}

// five are the programs of the other side.
func five() []string { return []string{"gitleaks", "conftest", "syft", "osv-scanner", "actionlint"} }

// copyPrograms copies the programs of both sides. How much of a program's file
// counts as memory depends on how the file came to be in the page cache: one
// fresh from a linker counts 30 MB more than its copy.
func (b *bench) copyPrograms() error {
	dir := filepath.Join(b.dir, "programs")
	if err := copyFile(b.paddock, filepath.Join(dir, "paddock"), 0o700); err != nil {
		return fmt.Errorf("%w: make build builds it", err)
	}
	b.paddock = filepath.Join(dir, "paddock")
	if b.checkers == "" {
		return nil
	}
	for _, name := range five() {
		if err := copyFile(filepath.Join(b.checkers, name), filepath.Join(dir, name), 0o700); err != nil {
			return fmt.Errorf("%w: make checkers builds it", err)
		}
	}
	b.checkers = dir
	return nil
}

// steps are what a pipeline would run on a folder, in order.
func (b *bench) steps(dir string, history bool) ([]step, error) {
	if b.checkers == "" || b.osv == "" {
		return nil, errors.New("name the folders with --checkers and --osv")
	}
	cache, err := b.advisories()
	if err != nil {
		return nil, err
	}
	policy := filepath.Join(b.dir, "rules")
	if err := os.CopyFS(b.dir, rules); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	env := []string{"HOME=" + b.dir, "PATH=" + os.Getenv("PATH"), "OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY=" + cache,
		"SYFT_CHECK_FOR_APP_UPDATE=false", "GIT_CONFIG_NOSYSTEM=1"}
	of := func(name string, ok []int, args ...string) step {
		return step{name, command{dir: dir, env: env, ok: ok, args: append([]string{filepath.Join(b.checkers, name)}, args...)}}
	}
	kind := "dir"
	if history {
		kind = "git"
	}
	out := func(name string) string { return filepath.Join(b.dir, name) }
	all := []step{
		of("gitleaks", []int{0}, kind, dir, "--no-banner", "--log-level", "error", "--exit-code", "0", "--report-format", "sarif", "--report-path", out("gitleaks.sarif")),
		of("syft", []int{0}, "scan", "dir:"+dir, "-q", "-o", "cyclonedx-json="+out("syft.json")),
		of("osv-scanner", []int{0, 1}, "scan", "source", "--offline", "--no-call-analysis=all", "--recursive", "--format", "sarif", "--output", out("osv.sarif"), dir),
	}
	if files := judged(dir); len(files) > 0 {
		all = append(all, of("conftest", []int{0, 1}, append([]string{"test", "--policy", policy, "--output", "json", "--ignore", "^$"}, files...)...))
	}
	if flows := workflows(dir); len(flows) > 0 {
		all = append(all, of("actionlint", []int{0, 1}, append([]string{"-shellcheck=", "-pyflakes=", "-format", "{{json .}}"}, flows...)...))
	}
	return all, nil
}

// advisories lays the databases out as OSV-Scanner wants them. It stops at the
// first ecosystem without a file, so every other one it asks for gets an empty one.
func (b *bench) advisories() (string, error) {
	cache := filepath.Join(b.dir, "cache")
	for _, eco := range []string{"npm", "PyPI", "Go", "GIT", "Maven", "RubyGems", "crates.io", "NuGet", "Packagist", "GitHub Actions", "Docker", "Alpine", "Debian", "Hex", "Pub"} {
		dir := filepath.Join(cache, "osv-scalibr", eco)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", err
		}
		to, from := filepath.Join(dir, "all.zip"), filepath.Join(b.osv, eco, "all.zip")
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if _, err := os.Stat(from); err == nil {
			if err := os.Symlink(from, to); err != nil {
				return "", err
			}
			continue
		}
		f, err := os.Create(to)
		if err != nil {
			return "", err
		}
		if err := errors.Join(zip.NewWriter(f).Close(), f.Close()); err != nil {
			return "", err
		}
	}
	return cache, nil
}

// judged lists the files that the rules are about.
func judged(dir string) []string {
	out := workflows(dir)
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch base := filepath.Base(name); {
		case err != nil || d.IsDir() && (base == ".git" || base == "node_modules"):
			return fs.SkipDir
		case d.Type().IsRegular() && (base == "Dockerfile" || strings.HasPrefix(base, "docker-compose") || base == "microapp.yaml"):
			out = append(out, name)
		}
		return nil
	})
	return out
}

func workflows(dir string) []string {
	var out []string
	for _, end := range []string{"*.yml", "*.yaml"} {
		found, _ := filepath.Glob(filepath.Join(dir, ".github", "workflows", end)) // the pattern is well-formed
		out = append(out, found...)
	}
	return out
}

// runAll runs the five one after another.
func runAll(ctx context.Context, all []step) (total cost, each []cost, err error) {
	for _, s := range all {
		c, err := s.run(ctx)
		if err != nil {
			return cost{}, nil, err
		}
		total, each = total.then(c), append(each, c)
	}
	return total, each, nil
}
