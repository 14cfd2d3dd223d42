package findings

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

// TestTextsArePlain holds every text to CHK-5: reading grade 8 or lower, mean
// sentence of 15 words or fewer, no jargon, and a place to go on.
func TestTextsArePlain(t *testing.T) {
	for _, text := range All() {
		t.Run(text.Code, func(t *testing.T) {
			f := New(text.Code, At{Path: "a", Line: 1}, pairs(text.Example)...)
			fill := filler(pairs(text.Example))
			all := strings.Join(append([]string{text.Title + ".", f.What, f.Why}, f.Fix...), " ")
			for _, step := range text.Then { // after an exact edit, in place of the steps
				all += " " + fill(step)
			}
			if left := regexp.MustCompile(`\{[a-z]+\}`).FindString(all); left != "" {
				t.Errorf("the word %s is not filled in: give it an example", left)
			}
			if n := len(strings.Fields(text.Title)); n > 10 {
				t.Errorf("the title has %d words, want 10 at most", n)
			}
			if len(f.Fix) == 0 || f.What == "" || f.Why == "" {
				t.Error("what, why and fix must all be there")
			}
			plain := stripNames(all)
			if w := words(plain); true {
				s := sentences(plain)
				mean := float64(len(w)) / float64(s)
				grade := 0.39*mean + 11.8*float64(syllables(w))/float64(len(w)) - 15.59
				if mean > 15 || grade > 8 {
					t.Errorf("reading grade %.1f (want 8), mean sentence %.1f words (want 15): %s", grade, mean, plain)
				}
			}
			for _, long := range regexp.MustCompile(`[.!?:]\s`).Split(plain+" ", -1) {
				if n := len(words(long)); n > 15 {
					t.Errorf("a sentence of %d words: %s", n, long)
				}
			}
			for _, w := range words(strings.ToLower(plain)) {
				if slices.ContainsFunc(jargon, func(j string) bool { return strings.HasPrefix(w, j) }) {
					t.Errorf("jargon: %q in %s", w, plain)
				}
			}
		})
	}
}

// jargon lists beginnings of words that a maker should not have to know.
var jargon = []string{"ast", "xss", "sast", "sca", "cve", "cvss", "regex", "saniti", "pars", "deserial", "exfiltrat", "mitigat", "remediat",
	"utili", "leverag", "idempoten", "vulnerab", "entropy", "digest", "credential", "interpolat", "literal", "payload", "privileg", "invok",
	"instantiat", "deprecat", "transitiv", "canonical", "semver", "endpoint", "lockfile", "dependenc", "repositor", "commit", "inject", "syntax",
	"exploit", "attack", "compromis", "artifact", "runtim", "sbom", "cors", "tls", "token", "string"}

var (
	quoted   = regexp.MustCompile("`[^`]*`(, `[^`]*`)*")
	fileName = regexp.MustCompile(`\b[\w-]+(/[\w.-]+)*\.(yaml|ts|json|com)\b`)
)

// stripNames puts one short word in place of code and file names, which are
// names to a reader, not prose.
func stripNames(s string) string {
	return fileName.ReplaceAllString(quoted.ReplaceAllString(s, "it"), "file")
}

func words(s string) []string { return regexp.MustCompile(`[A-Za-z']+`).FindAllString(s, -1) }

func sentences(s string) int {
	return max(1, len(regexp.MustCompile(`[.!?](\s|$)`).FindAllString(s, -1)))
}

var vowels = regexp.MustCompile(`[aeiouy]+`)

// syllables counts groups of vowels, without a silent e at the end.
func syllables(ws []string) int {
	n := 0
	for _, w := range ws {
		w = strings.ToLower(w)
		if strings.HasSuffix(w, "e") && !strings.HasSuffix(w, "le") && len(w) > 3 {
			w = strings.TrimSuffix(w, "e")
		}
		n += max(1, len(vowels.FindAllString(w, -1)))
	}
	return n
}

func pairs(m map[string]string) []string {
	var out []string
	for k, v := range m {
		out = append(out, k, v)
	}
	return out
}

func TestCodesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, text := range All() {
		if seen[text.Code] {
			t.Errorf("%s is twice in the catalogue", text.Code)
		}
		seen[text.Code] = true
		if text.Check == "" || text.Severity == "" {
			t.Errorf("%s lacks its check or severity", text.Code)
		}
	}
}

// TestEveryCodeIsInTheOneCatalogue holds what the checks name, and the rules for
// code, against the catalogue that the tests above read.
func TestEveryCodeIsInTheOneCatalogue(t *testing.T) {
	used := map[string]string{}
	for _, r := range rulebook.Builtin().Rules {
		used[r.Code] = "a rule for code"
	}
	named := regexp.MustCompile(`findings\.(?:New|Lookup)\("([^"]+)"`)
	err := filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		b, err := os.ReadFile(name)
		for _, m := range named.FindAllSubmatch(b, -1) {
			used[string(m[1])] = name
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(used) < 80 {
		t.Fatalf("only %d codes are named: the test looks in the wrong place", len(used))
	}
	for code, where := range used {
		if _, ok := Lookup(code); !ok {
			t.Errorf("%s, named by %s, has no text", code, where)
		}
	}
}

// TestReadabilityGateBites proves that the gate above can fail.
func TestReadabilityGateBites(t *testing.T) {
	w := words("Remediation necessitates immediate modification of the vulnerable transitive dependency specification.")
	if grade := 0.39*float64(len(w)) + 11.8*float64(syllables(w))/float64(len(w)) - 15.59; grade < 15 {
		t.Errorf("an engineer's sentence got grade %.1f", grade)
	}
}

func TestCleanRemovesTricks(t *testing.T) {
	got := Clean("a\x1b[31m\u202eb\n\xffc", 100)
	if want := "a?[31m?b ?c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Clean(strings.Repeat("x", 20), 5); got != "xxxxx..." {
		t.Errorf("got %q", got)
	}
}

func TestVerdict(t *testing.T) {
	var r Result
	if r.Verdict() != core.Passed {
		t.Error("nothing found is a pass")
	}
	r.Missed("a file was too large")
	if r.Verdict() != core.Incomplete {
		t.Error("something missed is incomplete")
	}
	r.Add(New("descriptor_missing", At{}))
	if r.Verdict() != core.Blocks {
		t.Error("a blocking finding beats incomplete")
	}
}
