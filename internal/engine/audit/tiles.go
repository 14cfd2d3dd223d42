package audit

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Resource is one file of the read-only log (c2sp.org/tlog-tiles).
type Resource struct {
	ContentType string
	Body        []byte
	Immutable   bool // may be cached for ever
}

// tile names one tile: hashes at a level, or entries.
type tile struct {
	entries bool
	level   int
	n       int64
	width   int // 1 to 256
}

// Resource returns the file at path, which is relative to the log's prefix:
// checkpoint, tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>]. Anything else,
// and tiles past the newest checkpoint, are NotFound.
func (r *Reader) Resource(ctx context.Context, path string) (Resource, error) {
	if path == "checkpoint" {
		signed, _, err := r.Checkpoint(ctx)
		return Resource{ContentType: "text/plain; charset=utf-8", Body: []byte(signed)}, err
	}
	t, ok := parseTile(path)
	if !ok {
		return Resource{}, noTile(path)
	}
	_, c, err := r.Checkpoint(ctx)
	if err != nil {
		return Resource{}, err
	}
	if !t.within(c.Size) {
		return Resource{}, noTile(path)
	}
	var body []byte
	if t.entries {
		body, err = r.entries(ctx, t)
	} else {
		body, err = readTile(ctx, r.store, t.level, t.n, t.width)
	}
	if err != nil {
		return Resource{}, core.Hidden("Reading an audit tile", err)
	}
	return Resource{ContentType: "application/octet-stream", Body: body, Immutable: true}, nil
}

func noTile(path string) error {
	return core.Errorf(core.NotFound, "the audit log has no %q", path).Hinted("Read the checkpoint first; ask for tiles within its size.")
}

// entries returns a bundle: each leaf behind its length in two bytes.
func (r *Reader) entries(ctx context.Context, t tile) ([]byte, error) {
	leaves, err := r.store.Leaves(ctx, t.n*tileWidth, t.width)
	if err != nil {
		return nil, err
	}
	var b []byte
	for _, leaf := range leaves {
		b = binary.BigEndian.AppendUint16(b, uint16(len(leaf)))
		b = append(b, leaf...)
	}
	return b, nil
}

// within reports whether a tree of the given size has all hashes of t.
func (t tile) within(size int64) bool {
	nodes := size >> (tileHeight * t.level) // nodes at the tile's level
	full := nodes >> tileHeight             // full tiles there
	if t.n < full {
		return true
	}
	return t.n == full && int64(t.width) <= nodes-full<<tileHeight
}

// parseTile reads tile/<L>/<N>[.p/<W>], where N is in groups of three digits,
// all but the last behind an x: x001/x234/067.
func parseTile(path string) (t tile, ok bool) {
	rest, found := strings.CutPrefix(path, "tile/")
	if !found || len(path) > 60 {
		return t, false
	}
	level, rest, found := strings.Cut(rest, "/")
	if !found {
		return t, false
	}
	if t.entries = level == "entries"; !t.entries {
		l, ok := plainNumber(level, 7) // level 7 covers 2^56 leaves
		if !ok {
			return t, false
		}
		t.level = int(l)
	}
	t.width = tileWidth
	if number, width, partial := strings.Cut(rest, ".p/"); partial {
		w, ok := plainNumber(width, tileWidth-1)
		if !ok || w == 0 {
			return t, false
		}
		rest, t.width = number, int(w)
	}
	t.n, ok = tileNumber(rest)
	return t, ok
}

// plainNumber reads a decimal number without leading zeroes, 0 to limit.
func plainNumber(s string, limit int64) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && n <= limit && strconv.FormatInt(n, 10) == s
}

func tileNumber(s string) (n int64, ok bool) {
	groups := strings.Split(s, "/")
	if len(groups) > 6 || len(groups) > 1 && groups[0] == "x000" {
		return 0, false
	}
	for i, g := range groups {
		if i < len(groups)-1 {
			if g, ok = strings.CutPrefix(g, "x"); !ok {
				return 0, false
			}
		}
		if len(g) != 3 || strings.Trim(g, "0123456789") != "" {
			return 0, false
		}
		d, _ := strconv.Atoi(g)
		n = n*1000 + int64(d)
	}
	return n, true
}
