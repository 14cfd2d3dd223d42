package parcel

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
)

// Archive is an opened pack. Nothing of it is trusted yet.
type Archive struct {
	r       io.ReaderAt
	entries []entry
	byName  map[string]entry
}

// Damage is a fault of the archive's own form, with its place.
type Damage struct{ Where, What string }

// Error implements error.
func (d *Damage) Error() string { return d.Where + ": " + d.What }

func damaged(at int64, what string, args ...any) error {
	return &Damage{fmt.Sprintf("byte %d of the pack", at), fmt.Sprintf(what, args...)}
}

// Open reads the form of a pack from the first byte to the last and accepts the
// one form only that a Writer gives. It returns *Damage for anything else. It
// reads no content; memory is bounded by MaxFiles.
func Open(r io.ReaderAt, size int64) (*Archive, error) {
	if size > MaxPack+MaxPack/8 {
		return nil, damaged(0, "the file has %d bytes; no pack is as large", size)
	}
	a := &Archive{r: r, byName: map[string]entry{}}
	var offset int64
	for {
		var head [4]byte
		if err := readAt(r, head[:], offset, size); err != nil {
			return nil, err
		}
		if binary.LittleEndian.Uint32(head[:]) != localSig {
			break
		}
		next, err := a.entry(offset, size)
		if err != nil {
			return nil, err
		}
		offset = next
	}
	return a, a.checkEnd(offset, size)
}

// entry reads the header at offset and returns where its member's bytes end.
func (a *Archive) entry(offset, size int64) (next int64, err error) {
	var head [localLen]byte
	if err := readAt(a.r, head[:], offset, size); err != nil {
		return 0, err
	}
	name := make([]byte, min(binary.LittleEndian.Uint16(head[26:]), maxName+1))
	if err := readAt(a.r, name, offset+localLen, size); err != nil {
		return 0, err
	}
	e := entry{string(name), binary.LittleEndian.Uint32(head[14:]), binary.LittleEndian.Uint32(head[22:]), uint32(offset)}
	if !goodName(e.name) {
		return 0, damaged(offset, "the file name %q is not allowed", e.name)
	}
	if _, twice := a.byName[e.name]; twice {
		return 0, damaged(offset, "%s is there twice", e.name)
	}
	want := e.local()
	if at := differ(want, append(head[:], name...)); at >= 0 {
		return 0, damaged(offset+int64(at), "the header of %s is not as it was written", e.name)
	}
	next = offset + int64(len(want)) + int64(e.size)
	if e.size > MaxFile || next > size || len(a.entries) >= MaxFiles {
		return 0, damaged(offset, "%s claims %d bytes, which is more than there can be", e.name, e.size)
	}
	a.entries = append(a.entries, e)
	a.byName[e.name] = e
	return next, nil
}

// checkEnd holds the rest of the pack against the list of members that follows
// from what was read.
func (a *Archive) checkEnd(offset, size int64) error {
	want := directory(a.entries, offset)
	if size-offset > int64(len(want)) {
		return damaged(offset+int64(len(want)), "there is something after the end, or a file header is broken")
	}
	got := make([]byte, size-offset)
	if err := readAt(a.r, got, offset, size); err != nil {
		return err
	}
	if at := differ(want, got); at >= 0 {
		return damaged(offset+int64(at), "the list of files is not as it was written")
	}
	return nil
}

// differ returns the first place where two texts differ, -1 if they are equal.
func differ(a, b []byte) int {
	if bytes.Equal(a, b) {
		return -1
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func readAt(r io.ReaderAt, b []byte, offset, size int64) error {
	if offset+int64(len(b)) > size {
		return damaged(size, "the pack ends too early")
	}
	if _, err := io.ReadFull(io.NewSectionReader(r, offset, int64(len(b))), b); err != nil {
		return damaged(offset, "the pack cannot be read")
	}
	return nil
}

// Names lists the members in their order.
func (a *Archive) Names() []string {
	out := make([]string, len(a.entries))
	for i, e := range a.entries {
		out[i] = e.name
	}
	return out
}

// Has reports whether there is a member of that name.
func (a *Archive) Has(name string) bool { _, ok := a.byName[name]; return ok }

// Open returns a reader of one member. At its end it has held the bytes against
// their checksum: what was read before an error is not to be used.
func (a *Archive) Open(name string) (io.Reader, error) {
	e, ok := a.byName[name]
	if !ok {
		return nil, &Damage{name, "the file is missing"}
	}
	start := int64(e.offset) + int64(localLen+len(e.name))
	return &member{e: e, r: io.NewSectionReader(a.r, start, int64(e.size)), crc: crc32.NewIEEE()}, nil
}

// Read returns the content of a member of at most limit bytes.
func (a *Archive) Read(name string, limit int64) ([]byte, error) {
	r, err := a.Open(name)
	if err != nil {
		return nil, err
	}
	if size := int64(a.byName[name].size); size > limit {
		return nil, &Damage{name, fmt.Sprintf("the file has %d bytes; at most %d are read", size, limit)}
	}
	return io.ReadAll(r)
}

type member struct {
	e   entry
	r   io.Reader
	crc hash.Hash32
}

// Read implements io.Reader.
func (m *member) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	_, _ = m.crc.Write(b[:n])
	if err == io.EOF && m.crc.Sum32() != m.e.crc {
		return n, &Damage{m.e.name, "its bytes do not match its checksum: the file was changed"}
	}
	return n, err
}
