package planted

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// step is what one sentence of a fix says to do.
type step struct {
	sentence string
	path     string
	line     int // 0 for the end, or the whole file
	column   int
	turn     int
	do       func(lines []string) ([]string, error)
}

// words reads a sentence from left to right.
type words struct {
	rest string
	ok   bool
}

// is takes a fixed part of the sentence.
func (w *words) is(s string) bool {
	rest, ok := strings.CutPrefix(w.rest, s)
	if ok && w.ok {
		w.rest = rest
		return true
	}
	return false
}

// must is is, and gives the sentence up if it is not there.
func (w *words) must(s string) { w.ok = w.is(s) }

func (w *words) number() int {
	end := strings.IndexFunc(w.rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(w.rest)
	}
	n, err := strconv.Atoi(w.rest[:end])
	if err != nil {
		w.ok = false
		return 0
	}
	w.rest = w.rest[end:]
	return n
}

// verbatim takes a text between back quotes, as Markdown has it.
func (w *words) verbatim() string {
	body := strings.TrimLeft(w.rest, "`")
	fence := w.rest[:len(w.rest)-len(body)]
	if fence == "" || !w.ok {
		w.ok = false
		return ""
	}
	for at := 0; ; {
		i := strings.Index(body[at:], fence)
		if i < 0 && fence == "``" {
			w.rest = body // an empty text
			return ""
		}
		if i < 0 {
			w.ok = false
			return ""
		}
		end := at + i
		run := len(body[end:]) - len(strings.TrimLeft(body[end:], "`"))
		if run != len(fence) {
			at = end + run
			continue
		}
		w.rest = body[end+run:]
		text := body[:end]
		if strings.HasPrefix(text, " `") || strings.HasSuffix(text, "` ") {
			text = text[1 : len(text)-1]
		}
		return text
	}
}

// read understands one sentence, or says that it cannot: then it is for people.
func read(sentence string) (step, bool) {
	w, s := &words{rest: sentence, ok: true}, step{sentence: sentence}
	switch {
	case w.is("Take out the file "):
		s.path = w.verbatim()
		w.must(".")
		s.do = func([]string) ([]string, error) { return nil, os.ErrNotExist }
	case w.is("Take out line "):
		s.line = w.number()
		w.must(" of ")
		s.path = w.verbatim()
		w.must(".")
		s.do = func(l []string) ([]string, error) { return slices.Delete(l, s.line-1, s.line), nil }
	case w.is("Add this line at the end of "):
		s.path = w.verbatim()
		w.must(": ")
		text := w.verbatim()
		s.do = func(l []string) ([]string, error) { return append(l, text), nil }
	case w.is("Add this line after line "):
		s.line = w.number()
		w.must(" of ")
		s.path = w.verbatim()
		w.must(": ")
		text := w.verbatim()
		s.do = func(l []string) ([]string, error) { return slices.Insert(l, s.line, text), nil }
	case w.is("Put "):
		blanks := w.number()
		w.must(" blank")
		w.is("s")
		w.must(" at the start of line ")
		s.line, s.column = w.number(), 1
		w.must(" of ")
		s.path = w.verbatim()
		w.must(".")
		s.do = func(l []string) ([]string, error) {
			l[s.line-1] = strings.Repeat(" ", blanks) + l[s.line-1]
			return l, nil
		}
	case w.is("In line "):
		s.line = w.number()
		w.must(" of ")
		s.path = w.verbatim()
		if w.is(", from column ") {
			s.column = w.number()
			w.must(", change ")
			old := w.verbatim()
			w.must(" to ")
			put := w.verbatim()
			w.must(".")
			s.do = func(l []string) ([]string, error) { return l, replace(l, s.line, s.column, len([]rune(old)), old, put) }
			break
		}
		w.must(", put ")
		put := w.verbatim()
		w.must(" in place of columns ")
		s.column = w.number()
		w.must(" to ")
		last := w.number()
		w.must(".")
		s.do = func(l []string) ([]string, error) {
			return l, replace(l, s.line, s.column, last-s.column+1, "", put)
		}
	default:
		return step{}, false
	}
	return s, w.ok && w.rest == ""
}

// replace changes n characters of a line. What is said to stand there must.
func replace(lines []string, line, column, n int, old, put string) error {
	if line > len(lines) {
		return fmt.Errorf("there is no line %d", line)
	}
	r := []rune(lines[line-1])
	if column+n-1 > len(r) {
		return fmt.Errorf("line %d is too short: %s", line, lines[line-1])
	}
	if there := string(r[column-1 : column-1+n]); old != "" && there != old {
		return fmt.Errorf("in line %d stands %q, not %q", line, there, old)
	}
	lines[line-1] = string(r[:column-1]) + put + string(r[column-1+n:])
	return nil
}

// follow does what the fixes say in the files below dir, and nothing else. It
// reads only their words. It returns the findings that it could do something
// about. Later lines go first, so that the numbers of the others stay right.
func follow(t *testing.T, dir string, list []core.Finding) (done []core.Finding) {
	t.Helper()
	var steps []step
	known := map[string]bool{} // a step of two findings is done once
	for _, f := range list {
		var own []step
		understood := false
		for _, sentence := range f.Fix {
			s, ok := read(sentence)
			if ok && !known[sentence] {
				s.turn = len(steps) + len(own)
				own = append(own, s)
			}
			understood = understood || ok
		}
		for _, s := range own {
			known[s.sentence] = true
		}
		if steps = append(steps, own...); understood {
			done = append(done, f)
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int {
		turns := cmp.Compare(b.turn, a.turn) // lines that are added after one line end up in their order
		if a.line == 0 {
			turns = -turns
		}
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(b.place(), a.place()), cmp.Compare(b.column, a.column), turns)
	})
	for _, s := range steps {
		if err := s.apply(dir); err != nil {
			t.Errorf("%s: %v", s.sentence, err)
		}
	}
	return done
}

// place orders steps of a file: those at its end come first.
func (s step) place() int {
	if s.line == 0 {
		return 1 << 30
	}
	return s.line
}

// apply does one step to its file, and keeps the kind of line ends it has.
func (s step) apply(dir string) error {
	if !filepath.IsLocal(s.path) {
		return fmt.Errorf("%s is outside", s.path)
	}
	name := filepath.Join(dir, s.path)
	b, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	end := "\n"
	if strings.Contains(string(b), "\r\n") {
		end = "\r\n"
	}
	var lines []string
	if text := strings.TrimSuffix(string(b), end); len(b) > 0 {
		lines = strings.Split(text, end)
	}
	if s.line > len(lines) {
		return fmt.Errorf("there is no line %d", s.line)
	}
	lines, err = s.do(lines)
	if os.IsNotExist(err) {
		return os.Remove(name)
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(strings.Join(lines, end)+end), 0o600)
}

// TestSentencesAreReadAsTheyAreWritten holds the reader above against texts that
// were written by hand.
func TestSentencesAreReadAsTheyAreWritten(t *testing.T) {
	for _, c := range []struct{ sentence, before, after string }{
		{"Put 2 blanks at the start of line 2 of `a`.", "a:\nb: 1\n", "a:\n  b: 1\n"},
		{"Take out line 2 of `a`.", "1\n2\n3\n", "1\n3\n"},
		{"Add this line after line 1 of `a`: `x`", "1\n2\n", "1\nx\n2\n"},
		{"Add this line at the end of `a`: `` `x` ``", "1\n", "1\n`x`\n"},
		{"In line 1 of `a`, from column 3, change `é` to `e`.", "ééé\n", "éée\n"},
		{"In line 2 of `a`, put `env.KEY` in place of columns 2 to 4.", "1\r\n\"abc\"\r\n", "1\r\n\"env.KEY\"\r\n"},
		{"Add this line at the end of `a`: ``", "1\n", "1\n\n"},
		{"In line 1 of `a`, from column 1, change ``x`y`` to `z`.", "x`y\n", "z\n"},
	} {
		dir := write(t, map[string]string{"a": c.before})
		if done := follow(t, dir, []core.Finding{{Fix: []string{c.sentence, "Push again."}}}); len(done) != 1 {
			t.Errorf("%s: not understood", c.sentence)
		}
		if b, _ := os.ReadFile(filepath.Join(dir, "a")); string(b) != c.after {
			t.Errorf("%s: got %q, want %q", c.sentence, b, c.after)
		}
	}
	for _, s := range []string{"Take out the value.", "Take out line x of `a`.", "In line 1 of `a`, change `b` to `c`.", "Add this line at the end of `a"} {
		if _, ok := read(s); ok {
			t.Errorf("%s: understood", s)
		}
	}
}
