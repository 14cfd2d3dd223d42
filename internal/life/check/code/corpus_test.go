//go:build cgo

package code

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

// tally counts what was found of what should be, and of what should not.
type tally struct{ bad, hit, good, wrong int }

func (t *tally) add(o tally) {
	t.bad, t.hit, t.good, t.wrong = t.bad+o.bad, t.hit+o.hit, t.good+o.good, t.wrong+o.wrong
}

func (t tally) String() string {
	return fmt.Sprintf("%4d of %4d that must match (%5.1f %%), %3d of %4d that must not (%4.1f %%)", t.hit, t.bad, percent(t.hit, t.bad), t.wrong, t.good, percent(t.wrong, t.good))
}

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// examples are texts by language, for bad and good.
type examples struct {
	Bad  map[string][]string `yaml:"bad"`
	Good map[string][]string `yaml:"good"`
}

// TestCorpus applies the rules to the examples that stand beside them, and to
// those that were written before and kept apart (testdata/held.yaml), and
// prints the table.
func TestCorpus(t *testing.T) {
	e := New(rulebook.Builtin())
	own, held := map[string]examples{}, map[string]examples{}
	for _, r := range rulebook.Builtin().Rules {
		own[r.Code] = examples{r.Bad, r.Good}
	}
	text, err := os.ReadFile("testdata/held.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &held); err != nil {
		t.Fatal(err)
	}
	quiet := os.Getenv("HELD_QUIET") != ""
	a := count(t, e, "beside the rules", own, true)
	b := count(t, e, "kept apart", held, !quiet)
	a.add(b)
	t.Logf("%-18s %v", "both", a)
	if n := a.bad + a.good; n < 400 || a.good < 60 {
		t.Errorf("%d examples, %d of them good; want 400 and 60", n, a.good)
	}
}

func count(t *testing.T, e *Engine, what string, set map[string]examples, say bool) tally {
	var sum tally
	for _, code := range slices.Sorted(maps.Keys(set)) {
		var one tally
		for lang, texts := range set[code].Bad {
			for _, text := range texts {
				one.bad++
				if found(e, lang, text)[code] {
					one.hit++
				} else if say {
					t.Logf("%s: not found in %s:\n%s", code, lang, text)
				}
			}
		}
		for lang, texts := range set[code].Good {
			for _, text := range texts {
				one.good++
				if got := found(e, lang, text); len(got) > 0 {
					one.wrong++
					if say {
						t.Logf("%s: %v found in %s:\n%s", code, slices.Sorted(maps.Keys(got)), lang, text)
					}
				}
			}
		}
		sum.add(one)
	}
	t.Logf("%-18s %v", what, sum)
	if percent(sum.hit, sum.bad) < 90 || percent(sum.wrong, sum.good) > 5 {
		t.Errorf("%s: want at least 90 %% and at most 5 %%", what)
	}
	return sum
}

// found returns the codes found in a text.
func found(e *Engine, lang, text string) map[string]bool {
	got := map[string]bool{}
	for _, code := range e.Codes(context.Background(), lang, text) {
		got[code] = true
	}
	return got
}
