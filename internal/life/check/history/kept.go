package history

import "bytes"

// kept holds versions of files, to compare the next ones with. Those that have been
// followed by another are forgotten first: only a branch goes back to them.
type kept struct {
	texts   map[string][]byte // by blob
	bytes   int
	newest  []string // oldest first
	passed  []string // of newest, followed by another
	forgone [][]byte // room of texts that are forgotten
}

// keep takes in a version, whose text may not be used elsewhere.
func (k *kept) keep(v version, text []byte) {
	if _, ok := k.texts[v.new]; ok || len(text) > keptBytes/4 {
		return
	}
	k.texts[v.new], k.newest, k.bytes = text, append(k.newest, v.new), k.bytes+len(text)
	for _, id := range v.old {
		if _, there := k.texts[id]; there {
			k.passed = append(k.passed, id)
		}
	}
	for k.bytes > keptBytes && len(k.newest) > 1 {
		list := &k.newest
		if len(k.passed) > 0 {
			list = &k.passed
		}
		id := (*list)[0]
		*list = (*list)[1:]
		if text, ok := k.texts[id]; ok && id != v.new {
			k.bytes -= len(text)
			delete(k.texts, id)
			k.forgone = append(k.forgone[:min(len(k.forgone), 3)], text)
		}
	}
}

// room returns n bytes, of a text that is forgotten if one has room.
func (k *kept) room(n int) []byte {
	for i, b := range k.forgone {
		if cap(b) >= n && cap(b) <= 2*n+4096 {
			last := len(k.forgone) - 1
			k.forgone[i], k.forgone = k.forgone[last], k.forgone[:last]
			return b[:n]
		}
	}
	return make([]byte, n, n+n/8)
}

// along follows an older version along the lines of a newer one. A line that stands
// in both need not be looked up.
type along struct {
	old    []byte // from the place that has been reached
	misses int
}

// ahead is how far is looked for a line in the older version, in lines; after some
// misses most lines are not looked for.
const (
	ahead = 64
	some  = 8
	// telling is how long a line must be to say where one is: many are only a bracket.
	telling = 16
)

// follow begins at a line where both are alike up to there. Where a key begins,
// nothing is followed: such a line counts as new even if it is old.
func follow(old, text []byte, from, to int) along {
	if from >= len(old) || bytes.Contains(text[from:to], []byte("-----BEGIN")) {
		return along{}
	}
	return along{old: old[from:]}
}

// next reports whether the next line of the older version is this line of the newer one.
func (a *along) next(line []byte) bool {
	if !bytes.HasPrefix(a.old, line) || line[len(line)-1] != '\n' {
		return false
	}
	a.old, a.misses = a.old[len(line):], 0
	return true
}

// find goes on after a line that is known, if it stands a little further down in the
// older version.
func (a *along) find(line []byte) {
	if a.misses++; len(a.old) == 0 || a.misses > some && a.misses%some != 0 || len(line) < telling {
		return
	}
	at := 0
	for range ahead {
		next := bytes.IndexByte(a.old[at:], '\n') + 1
		if next == 0 {
			return
		}
		if bytes.Equal(a.old[at:at+next], line) {
			a.old, a.misses = a.old[at+next:], 0
			return
		}
		at += next
	}
}
