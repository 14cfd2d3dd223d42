package secrets

import (
	"slices"
	"strings"

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
func (l *look) quiet() (bool, error) {
	var err error
	return l.asked("quiet", func(p string) bool {
		var ok bool
		ok, err = l.s.global.path(p)
		return ok
	}), err
}

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
	if err := l.read(places); err != nil {
		return nil, err
	}
	return oneEach(l.hits), nil
}

// patterns runs the rules of providers, each near its keywords.
func (l *look) patterns(places []place) error {
	near := map[int][]window{}
	for _, p := range places {
		for _, i := range l.s.byWord[p.word] {
			r := l.s.rules[i]
			if r.pattern == nil {
				continue
			}
			w, ok := r.window(l.text, l.s.list[p.word], p.at)
			if ok && r.named {
				quiet, err := l.quiet()
				if err != nil {
					return err
				}
				ok = !quiet
			}
			if ok {
				near[i] = append(near[i], w)
			}
		}
	}
	for _, i := range l.s.always {
		near[i] = nil
	}
	rules := make([]int, 0, len(near))
	for i := range near {
		rules = append(rules, i)
	}
	slices.Sort(rules)
	for _, i := range rules {
		if err := l.run(l.s.rules[i], near[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *look) run(r *rule, near []window) error {
	if skip, err := r.skips(l.path); skip || err != nil {
		return err
	}
	if r.pattern == nil {
		l.hits = append(l.hits, hit{rule: r.id, kind: r.kind, code: l.code("secret_found", r.loose)})
		return nil
	}
	re, err := r.pattern()
	if err != nil {
		return err
	}
	if len(r.keywords) == 0 || l.s.whole {
		near = []window{{0, len(l.text)}}
	}
	for _, w := range join(l.text, near) {
		for _, m := range re.FindAllStringSubmatchIndex(l.text[w.from:w.to], -1) {
			if w.from+m[1] == w.to && w.to < len(l.text) {
				continue // cut off by the window: not a whole value
			}
			from, to := secretSpan(m, r.group)
			h := hit{rule: r.id, kind: r.kind, code: l.code("secret_found", r.loose || r.named), from: w.from + from, to: w.from + to, value: l.text[w.from+from : w.from+to]}
			if r.named {
				h.rank = 2
			}
			ok, err := l.holds(r, h, l.text[w.from+m[0]:w.from+m[1]], lineAround(l.text, w.from+m[0], w.from+m[1]))
			if err != nil {
				return err
			}
			if ok {
				l.hits = append(l.hits, h)
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
func (r *rule) skips(path string) (bool, error) {
	if r.path != nil {
		re, err := r.path()
		if err != nil || !re.MatchString(path) {
			return true, err
		}
	}
	for _, a := range r.allow {
		if ok, err := a.path(path); ok || err != nil {
			return true, err
		}
	}
	return false, nil
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

func lineAround(text string, from, to int) string {
	start := strings.LastIndexByte(text[:from], '\n') + 1
	if end := strings.IndexByte(text[to:], '\n'); end >= 0 {
		return text[start : to+end]
	}
	return text[start:]
}

// oneEach keeps one hit where several overlap: the surest.
func oneEach(hits []hit) []hit {
	slices.SortStableFunc(hits, func(a, b hit) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return a.from - b.from
	})
	var kept []hit
	for _, h := range hits {
		i, _ := slices.BinarySearchFunc(kept, h.from, func(k hit, from int) int { return k.from - from })
		if i > 0 && kept[i-1].to > h.from || i < len(kept) && (kept[i].from < h.to || kept[i].from == h.from) {
			continue
		}
		kept = slices.Insert(kept, i, h)
	}
	return kept
}
