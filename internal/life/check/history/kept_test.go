package history

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Following the version before, forgetting versions and using their room again
// change nothing: of each version just the lines that none before it had are
// searched, whatever was put in, taken out, moved or said twice.
func TestOnlyNewLines(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	m, had := newMemory(), map[string]bool{}
	pad := strings.Repeat("x", 200_000)
	files := map[string][]string{"a.go": nil, "b.go": nil}
	last := map[string]string{}
	for i := range 400 {
		name := []string{"a.go", "b.go"}[r.IntN(2)]
		lines := slices.Clone(files[name])
		for range 1 + r.IntN(4) {
			at := r.IntN(len(lines) + 1)
			switch r.IntN(5) {
			case 0:
				lines = slices.Insert(lines, at, fmt.Sprintf("this line is number %d of its kind\n", i), "}\n", "}\n")
			case 1:
				lines = slices.Insert(lines, at, fmt.Sprintf("%d\n", r.IntN(20)))
			case 2:
				lines = slices.Delete(lines, at/2, at)
			case 3:
				lines = append(slices.Clone(lines[at:]), lines[:at]...)
			case 4:
				lines = slices.Insert(lines, at, fmt.Sprint(i)+pad+"\n")
			}
		}
		text := []byte(strings.Join(lines, ""))
		room := append(m.room(len(text))[:0], text...)
		v := version{path: name, new: fmt.Sprint(i)}
		if was := last[name]; was != "" {
			v.old = []string{was}
		}
		part, _ := m.part(v, room)
		got := map[string]bool{}
		for n, line := range strings.SplitAfter(string(part.Text), "\n") {
			if n < len(part.Numbers) && part.Numbers[n] > 0 {
				got[line] = true
				if want := lines[part.Numbers[n]-1]; line != want {
					t.Fatalf("version %d: %.40q is not line %d, which is %.40q", i, line, part.Numbers[n], want)
				}
			}
		}
		for _, line := range lines {
			if got[line] != !had[line] {
				t.Fatalf("version %d: is %.40q searched? %v; was it there before? %v", i, line, got[line], had[line])
			}
		}
		for _, line := range lines {
			had[line] = true
		}
		files[name], last[name] = lines, v.new
	}
	if m.bytes > keptBytes || len(m.forgone) == 0 {
		t.Errorf("%d bytes are kept, and %d rooms are left of what was forgotten", m.bytes, len(m.forgone))
	}
}
