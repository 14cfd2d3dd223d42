package evidence

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence/parcel"
)

// Sample is a draw from one population of a pack.
type Sample struct {
	Kind       string      `json:"kind"`
	Population int         `json:"population"`
	Seed       string      `json:"seed"`
	Rows       []SampleRow `json:"rows"` // by number
}

// SampleRow is one drawn row of a population's list.
type SampleRow struct {
	Number  int    `json:"number"`
	ID      string `json:"id"`
	At      string `json:"at"`
	App     string `json:"app"`
	What    string `json:"what"`
	Who     string `json:"who"`
	Outcome string `json:"outcome"`
	Index   string `json:"log_index"`
	File    string `json:"file"`
	Line    int    `json:"line"`
}

// maxSample bounds a draw.
const maxSample = 10_000

// Draw draws n rows, or all if there are fewer, from a kind's population: those
// with the lowest SHA-256 of seed, a zero byte and the row's number as eight
// bytes, big-endian. So anybody can draw the same sample again, and who draws
// cannot choose. It does not verify the pack. Errors: Invalid, Unreadable.
func Draw(r io.ReaderAt, size int64, kind string, n int, seed string) (Sample, error) {
	s := Sample{Kind: kind, Seed: seed, Rows: []SampleRow{}}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	if !slices.Contains(names, kind) {
		return s, core.Errorf(core.Invalid, "A pack has no %q.", kind).Hinted("%s", or(core.DidYouMean(kind, names), "index.csv in the pack lists the kinds."))
	}
	if n < 1 || n > maxSample {
		return s, core.Errorf(core.Invalid, "A sample has from 1 to %d rows, not %d.", maxSample, n)
	}
	a, err := parcel.Open(r, size)
	if err != nil {
		return s, core.Errorf(core.Unreadable, "This is no evidence pack: %v.", err)
	}
	list, err := a.Open(populationOf(kind))
	if err != nil {
		return s, core.Errorf(core.Unreadable, "The pack has no list of %s.", kind)
	}
	type draw struct {
		key uint64
		row SampleRow
	}
	var best []draw
	in := csv.NewReader(list)
	in.FieldsPerRecord = 10
	in.ReuseRecord = true
	for first := true; ; first = false {
		rec, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return s, core.Errorf(core.Unreadable, "The list of %s cannot be read: %v.", kind, err)
		}
		if first {
			continue // the heading
		}
		s.Population++
		key := drawKey(seed, s.Population)
		if len(best) == n && key >= best[n-1].key {
			continue
		}
		line, _ := strconv.Atoi(rec[9])
		d := draw{key, SampleRow{s.Population, rec[1], rec[2], rec[3], rec[4], rec[5], rec[6], rec[7], rec[8], line}}
		at, _ := slices.BinarySearchFunc(best, key, func(d draw, key uint64) int {
			if d.key < key {
				return -1
			}
			return 1
		})
		if best = slices.Insert(best, at, d); len(best) > n {
			best = best[:n]
		}
	}
	for _, d := range best {
		s.Rows = append(s.Rows, d.row)
	}
	slices.SortFunc(s.Rows, func(x, y SampleRow) int { return x.Number - y.Number })
	return s, nil
}

func drawKey(seed string, number int) uint64 {
	b := append([]byte(seed), 0)
	b = binary.BigEndian.AppendUint64(b, uint64(number))
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint64(sum[:])
}
