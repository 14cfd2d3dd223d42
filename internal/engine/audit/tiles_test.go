package audit_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// tileFiles lets x/mod's own tile client read our resources.
type tileFiles struct {
	t *testing.T
	r *audit.Reader
}

func (tileFiles) Height() int                         { return 8 }
func (tileFiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f tileFiles) ReadTiles(tiles []tlog.Tile) (out [][]byte, err error) {
	for _, tile := range tiles {
		res, err := f.r.Resource(f.t.Context(), strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		if !res.Immutable || res.ContentType != "application/octet-stream" {
			f.t.Fatalf("%+v", res)
		}
		out = append(out, res.Body)
	}
	return out, nil
}

// TestTiles: a client that only fetches tiles proves each leaf.
func TestTiles(t *testing.T) {
	k, m := newKeys(t), &memory{}
	add(t, m, 70_000/100)
	_, err := sequencer(m, k, nil).IntegrateNow(t.Context())
	check(t, err)
	r := audit.NewReader(m, k.verifier)
	res, err := r.Resource(t.Context(), "checkpoint")
	check(t, err)
	head, err := audit.OpenCheckpoint(string(res.Body), k.verifier)
	check(t, err)
	read := tlog.TileHashReader(tlog.Tree{N: head.Size, Hash: head.Root}, tileFiles{t, r})
	for _, i := range []int64{0, 255, 256, 511, 512, 699} {
		proof, err := tlog.ProveRecord(head.Size, i, read)
		check(t, err)
		check(t, tlog.CheckRecord(proof, head.Size, head.Root, i, tlog.RecordHash([]byte(m.leaves[i]))))
	}
	bundle(t, r, m, "tile/entries/001", 256, 256)
	bundle(t, r, m, "tile/entries/002.p/188", 512, 188)
	for _, path := range []string{"", "tile", "tile/0/003", "tile/0/002", "tile/0/002.p/189", "tile/0/002.p/0", "tile/0/002.p/256", "tile/0/2", "tile/00/001",
		"tile/1/000", "tile/1/000.p/3", "tile/8/000.p/1", "tile/-1/000", "tile/0/x000/001", "tile/0/x001", "tile/data/000", "tile/0/../000", "tile/0/001/", "/checkpoint",
		"tile/0/x999/x999/x999/x999/x999/999", "tile/0/+01"} {
		if res, err := r.Resource(t.Context(), path); core.CodeOf(err) != core.NotFound {
			t.Errorf("%q: %d bytes, %v", path, len(res.Body), err)
		}
	}
	if res, err := r.Resource(t.Context(), "tile/1/000.p/2"); err != nil || len(res.Body) != 64 {
		t.Error(len(res.Body), err)
	}
}

func bundle(t *testing.T, r *audit.Reader, m *memory, path string, first, n int) {
	t.Helper()
	res, err := r.Resource(t.Context(), path)
	check(t, err)
	b := res.Body
	for i := range n {
		size := int(binary.BigEndian.Uint16(b))
		if leaf := string(b[2 : 2+size]); leaf != m.leaves[first+i] {
			t.Fatalf("%s entry %d is %s", path, i, leaf)
		}
		b = b[2+size:]
	}
	if len(b) != 0 {
		t.Fatal(fmt.Sprint(len(b), " bytes too many"))
	}
}
