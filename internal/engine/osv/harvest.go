package osv

import (
	"cmp"
	"context"
	"encoding/binary"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of one import.
const (
	maxRecords  = 3_000_000
	maxUnpacked = 64 << 30 // bytes
	maxExamples = 10
)

// Harvest is records that were read, on their way into a database.
type Harvest struct {
	skip     bool // count what cannot be read instead of refusing it
	progress func(read int)

	mu         sync.Mutex
	kept       []kept
	read       int
	unpacked   int64
	withdrawn  map[string]int // by place
	unmatched  map[string]int
	unreadable map[string][]string
	more       map[string]int // unreadable records beyond the named ones
	err        error
}

// kept is what one record says about one package, in the form of blocks.
type kept struct {
	key, id  string
	modified time.Time
	place    string // the ecosystem that the source is for, or ""
	body     []byte
	harm     bool
}

// NewHarvest makes an empty harvest. With skip, records that cannot be read are
// counted; without it the first one ends the harvest. progress, if not nil, is
// told now and then how many records were read.
func NewHarvest(skip bool, progress func(read int)) *Harvest {
	return &Harvest{skip: skip, progress: progress, withdrawn: map[string]int{}, unmatched: map[string]int{}, unreadable: map[string][]string{}, more: map[string]int{}}
}

// item is one record that is still to be read.
type item struct {
	name  string // for messages
	place string
	read  func() ([]byte, error)
}

// run reads items with as many workers as there are processors. It stops at the
// first record that cannot be read.
func (h *Harvest) run(ctx context.Context, items []item) error {
	if len(items) > maxRecords {
		return core.Errorf(core.TooLarge, "There are %d records; at most %d are read at once.", len(items), maxRecords)
	}
	next := make(chan item)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for it := range next {
				h.take(it)
			}
		})
	}
	for _, it := range items {
		if ctx.Err() != nil || h.failed() {
			break
		}
		next <- it
	}
	close(next)
	wg.Wait()
	if ctx.Err() != nil && h.err == nil {
		return core.Errorf(core.Unavailable, "The import was interrupted.")
	}
	return h.err
}

func (h *Harvest) failed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err != nil
}

// take reads one record and keeps it.
func (h *Harvest) take(it item) {
	data, err := it.read()
	var r *record
	if err == nil {
		r, err = parse(data)
	}
	var list []kept
	if err == nil {
		for k, adv := range r.by {
			list = append(list, kept{key: k, id: r.id, modified: r.modified, place: it.place, body: adv.append(nil), harm: adv.Malicious})
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.read++
	h.unpacked += int64(len(data))
	switch {
	case err != nil:
		h.fault(it, err)
	case h.unpacked > maxUnpacked:
		h.err = cmp.Or(h.err, error(core.Errorf(core.TooLarge, "The records have more than %d bytes when they are unpacked.", int64(maxUnpacked))))
	case r.withdrawn:
		h.withdrawn[it.place]++
	case r.gitOnly:
		h.unmatched[it.place]++
	}
	h.kept = append(h.kept, list...)
	if h.progress != nil && h.read%1000 == 0 {
		h.progress(h.read)
	}
}

func (h *Harvest) fault(it item, err error) {
	if h.skip {
		list := append(h.unreadable[it.place], filepath.Base(it.name))
		slices.Sort(list)
		if len(list) > maxExamples {
			list = list[:maxExamples]
			h.more[it.place]++
		}
		h.unreadable[it.place] = list
		return
	}
	if h.err == nil || it.name < core.AsError(h.err).Field {
		h.err = (&core.Error{Code: core.Unreadable, Msg: "A record cannot be read: " + err.Error() + ".", Err: err}).At(it.name).
			Hinted("Fetch it again. To leave such records out and have each report say so: --skip-unreadable.")
	}
}

// packs puts the harvest in the order of a file: by ecosystem, package and
// record. Of a record that is there twice the newer one counts. A source that is
// for one ecosystem gives records of that one only: what its records say of
// others stands whole in the sources of the others.
func (h *Harvest) packs() []pack {
	slices.SortFunc(h.kept, func(a, b kept) int {
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.id, b.id), b.modified.Compare(a.modified), slices.Compare(b.body, a.body))
	})
	by := map[string]*pack{}
	ids := map[string]map[string]bool{}
	var last kept
	var body []byte
	count := 0
	flush := func() {
		if count == 0 {
			return
		}
		eco := ecosystemOf(last.key)
		p := by[eco]
		p.entries = append(p.entries, entry{key: last.key, body: append(binary.AppendUvarint(nil, uint64(count)), body...)})
		p.Packages++
		body, count = nil, 0
	}
	for _, k := range h.kept {
		eco := ecosystemOf(k.key)
		if k.place != "" && k.place != eco || k.key == last.key && k.id == last.id {
			continue
		}
		if by[eco] == nil {
			by[eco], ids[eco] = &pack{Ecosystem: Ecosystem{Name: eco}}, map[string]bool{}
		}
		if k.key != last.key {
			flush()
		}
		p := by[eco]
		if !ids[eco][k.id] {
			ids[eco][k.id] = true
			p.Records++
			if k.harm {
				p.Malicious++
			}
			if k.modified.Year() > 1 {
				p.Newest = max(p.Newest, k.modified.Format(time.DateOnly))
			}
		}
		body = append(body, k.body...)
		count++
		last = k
	}
	flush()
	var out []pack
	for _, name := range slices.Sorted(maps.Keys(by)) {
		p := by[name]
		// what has no ecosystem of its own counts where the source was for it
		p.Withdrawn, p.Unmatched = h.withdrawn[name]+h.withdrawn[""], h.unmatched[name]+h.unmatched[""]
		p.Unreadable = len(h.unreadable[name]) + h.more[name] + len(h.unreadable[""]) + h.more[""]
		p.Examples = append(slices.Clone(h.unreadable[name]), h.unreadable[""]...)
		out = append(out, *p)
	}
	return out
}

func ecosystemOf(key string) string {
	eco, _, _ := strings.Cut(key, "\x00")
	return eco
}
