package secrets

import (
	"cmp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/secrets/format"
	"github.com/paddock-dev/paddock/internal/life/check/secrets/judge"
)

// hit is one secret in one file; from and to are offsets of the value.
type hit struct {
	rule     string
	kind     string // for people
	code     string // of the finding
	rank     int    // the lower, the surer
	from, to int
	value    string
	source   *format.Value // how it is written; nil if that is not known
	class    format.Class
}

// look is one search of one file.
type look struct {
	s     *Scanner
	path  string
	text  string
	hits  []hit
	class format.Class
	store format.Store
	known map[string]bool // answers about the path, which cost something
	done  int             // where the last cluster secret that was read ends
}

// asked returns the answer to a question about the path, asked once.
func (l *look) asked(question string, answer func(string) bool) bool {
	got, ok := l.known[question]
	if !ok {
		if l.known == nil {
			l.known = map[string]bool{}
		}
		got = answer(l.path)
		l.known[question] = got
	}
	return got
}

// prose, test and labels tell texts for people, test data with examples and
// manuals, and words shown in one language or another.
func (l *look) prose() bool { return l.class == format.Prose || judge.Prose(l.path) }
func (l *look) test() bool {
	return l.asked("test", func(p string) bool { return judge.Test(p) || l.prose() })
}
func (l *look) labels() bool { return l.asked("labels", judge.Labels) }

// quiet tells lock files and well-known libraries: only keys with a form of
// their own count there.
func (l *look) quiet() bool { return l.asked("quiet", l.s.global.path) }

func (l *look) all() ([]hit, error) {
	places := l.s.words.find(l.text, nil)
	if len(places) == 0 && len(l.text) > 4096 && len(l.s.always) == 0 {
		return nil, nil
	}
	l.store = format.StoreOf(l.path)
	l.class = format.ClassOf(l.path, l.text)
	if err := l.patterns(places); err != nil {
		return nil, err
	}
	l.read(places)
	return oneEach(l.hits), nil
}

// patterns runs the rules of providers, each near its keywords.
func (l *look) patterns(places []place) error {
	near, runs := make([][]window, len(l.s.rules)), slices.Clone(l.s.always)
	for _, p := range places {
		for _, i := range l.s.byWord[p.word] {
			r := l.s.rules[i]
			if r.pattern == nil {
				continue
			}
			more := r.windows(near[i], l.text, l.s.list[p.word], int(p.at))
			if len(more) == len(near[i]) && !l.s.whole {
				continue
			}
			if r.named && l.quiet() {
				continue
			}
			if len(near[i]) == 0 {
				runs = append(runs, i)
			}
			near[i] = more
		}
	}
	slices.Sort(runs)
	for _, i := range slices.Compact(runs) {
		if err := l.run(l.s.rules[i], near[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *look) run(r *rule, near []window) error {
	if r.skips(l.path) {
		return nil
	}
	if r.pattern == nil {
		l.hits = append(l.hits, hit{rule: r.id, kind: r.kind, code: l.code("secret_found", r.loose)})
		return nil
	}
	return l.matches(r, near, func(m []int) error {
		from, to := secretSpan(m, r.group)
		h := hit{rule: r.id, kind: r.kind, code: l.code("secret_found", r.loose || r.named), from: from, to: to, value: l.text[from:to]}
		if r.named {
			h.rank = 2
		}
		ok, err := l.holds(r, h, l.text[m[0]:m[1]], lineAround(l.text, m[0], m[1]))
		if ok {
			l.hits = append(l.hits, h)
		}
		return err
	})
}

// matches finds a rule's pattern in the windows.
func (l *look) matches(r *rule, near []window, take func(match []int) error) error {
	whole := len(r.keywords) == 0 || l.s.whole
	if s := r.shape(); !whole && len(s.forms) > 0 {
		if !s.keyed() {
			near = s.beginnings(l.text, join(l.text, near))
		}
		if ok, err := r.starts(l.text, near, take); ok || err != nil {
			return err
		}
		for i, w := range near {
			near[i].from -= int32(s.forms[w.form].lead) + 1
		}
	}
	re, err := r.pattern()
	if err != nil {
		return err
	}
	if whole {
		near = []window{{to: int32(len(l.text))}}
	}
	for _, w := range join(l.text, near) {
		for _, m := range re.FindAllStringSubmatchIndex(l.text[w.from:w.to], -1) {
			if int(w.from)+m[1] == int(w.to) && int(w.to) < len(l.text) {
				continue // cut off by the window: not a whole value
			}
			if err := take(moved(m, int(w.from))); err != nil {
				return err
			}
		}
	}
	return nil
}

// code is the finding's: what may be made for a test is only a caution there.
func (l *look) code(sure string, loose bool) string {
	if loose && l.test() {
		return "secret_in_test"
	}
	return sure
}

// skips reports whether a rule does not apply to a path. Paths that the rule
// file allows everywhere (lock files, pictures, well-known libraries) are still
// searched for keys that have a form of their own.
func (r *rule) skips(path string) bool {
	if r.path.Set() && !r.path.In(rulebook.NewText([]byte(path))) {
		return true
	}
	return slices.ContainsFunc(r.allow, func(a *allowance) bool { return a.path(path) })
}

func (l *look) holds(r *rule, h hit, match, line string) (bool, error) {
	if h.value == "" || r.entropy > 0 && judge.Entropy(h.value) <= r.entropy {
		return false, nil
	}
	if r.named && (judge.Filler(h.value) || judge.Reference(h.value) || !l.names(h, match)) {
		return false, nil
	}
	if r.loose && (judge.Reference(h.value) || strings.Contains(strings.ToLower(h.value), "example")) || r.id == "sourcegraph-access-token" && !strings.HasPrefix(h.value, "sgp_") {
		return false, nil
	}
	for _, a := range append([]*allowance{l.s.global}, r.allow...) {
		if ok, err := a.value(l.path, h.value, match, line); ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// names asks whether what stands before a value names a secret. In a program a
// value is between quotes.
func (l *look) names(h hit, match string) bool {
	before, _, _ := strings.Cut(match, h.value)
	if l.class == format.Code && (h.from == 0 || strings.IndexByte("\"'`", l.text[h.from-1]) < 0 || strings.HasSuffix(strings.TrimRight(before, "\"'` \t\n"), ",")) {
		return false
	}
	return judge.Names(before, h.value)
}

// secretSpan picks the group of a match that holds the secret: the one named
// by the rule, or else the first that is not empty, or else the whole match.
func secretSpan(m []int, group int) (from, to int) {
	if group > 0 && 2*group+1 < len(m) && m[2*group] >= 0 {
		return m[2*group], m[2*group+1]
	}
	for i := 2; i+1 < len(m); i += 2 {
		if m[i] >= 0 && m[i+1] > m[i] {
			return m[i], m[i+1]
		}
	}
	return m[0], m[1]
}

// lineAround returns the line of a match, or what is near it in a line that a machine
// wrote.
func lineAround(text string, from, to int) string {
	const far = 2000
	first, last := max(0, from-far), min(len(text), to+far)
	first += strings.LastIndexByte(text[first:from], '\n') + 1
	if end := strings.IndexByte(text[to:last], '\n'); end >= 0 {
		last = to + end
	}
	return text[first:last]
}

// oneEach keeps one hit where several overlap: the surest.
func oneEach(hits []hit) []hit {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(a.rank-b.rank, a.from-b.from) })
	var kept []hit
	for len(hits) > 0 {
		n := 1
		for n < len(hits) && hits[n].rank == hits[0].rank {
			n++
		}
		kept, hits = fill(kept, hits[:n]), hits[n:]
	}
	return kept
}

// fill puts hits into the gaps of what is kept. Both are in the order of their places.
func fill(kept, hits []hit) []hit {
	out := make([]hit, 0, len(kept)+len(hits))
	for _, h := range hits {
		for len(kept) > 0 && kept[0].from < h.from {
			out, kept = append(out, kept[0]), kept[1:]
		}
		if n := len(out); n > 0 && out[n-1].to > h.from || len(kept) > 0 && (kept[0].from < h.to || kept[0].from == h.from) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].from == h.from {
			continue
		}
		out = append(out, h)
	}
	return append(out, kept...)
}
