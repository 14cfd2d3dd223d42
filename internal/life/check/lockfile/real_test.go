package lockfile

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRealLists reads what npm 10, pnpm 7 to 9, yarn 1 and 4 and bun wrote for
// one and the same package.json: they must give the same packages.
func TestRealLists(t *testing.T) {
	files, _ := filepath.Glob("testdata/real/*[.0-9]*")
	seen := 0
	for _, file := range files {
		name := map[string]string{"npm": "package-lock.json", "pnp": "pnpm-lock.yaml", "yar": "yarn.lock", "bun": "bun.lock"}[filepath.Base(file)[:3]]
		if name == "" {
			continue
		}
		seen++
		t.Run(filepath.Base(file), func(t *testing.T) {
			p := one(t, read(t, "package.json", sample(t, "real/package.json"), name, sample(t, "real/"+filepath.Base(file))))
			got := regexp.MustCompile(`:\d+`).ReplaceAllString(list(p), "")
			same(t, got, "+debug@4.3.4 +ms@2.1.3 ms@2.1.2<debug ~+chalk@4.1.2 ~ansi-styles@4.3.0<chalk ~color-convert@2.0.1<chalk ~color-name@1.1.4<chalk ~has-flag@4.0.0<chalk ~supports-color@7.2.0<chalk")
			if len(p.Stale()) != 0 {
				t.Errorf("%+v", p.Stale())
			}
			for _, pkg := range p.Packages {
				if pkg.Line == 0 || len(pkg.Hashes) == 0 && !strings.Contains(file, "berry") {
					t.Errorf("%s has no line or no sum: %+v", pkg.Key(), pkg)
				}
			}
		})
	}
	if seen < 7 {
		t.Errorf("only %d lists", seen)
	}
}

// TestOwnGoMod reads the lists of this very program.
func TestOwnGoMod(t *testing.T) {
	mod, err := os.ReadFile("../../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile("../../../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	p := one(t, read(t, "go.mod", string(mod), "go.sum", string(sum)))
	if want := len(regexp.MustCompile(`(?m)^\t\S+ v\S+`).FindAll(mod, -1)); len(p.Packages) != want || len(p.Stale()) != 0 || p.Lacks != "" {
		t.Errorf("%d packages, want %d; stale %v", len(p.Packages), want, p.Stale())
	}
	for _, pkg := range p.Packages {
		if pkg.Direct && !strings.HasPrefix(pkg.Sum, "h1:") {
			t.Errorf("%s has no sum", pkg.Key())
		}
	}
}
