package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// archive is an opened pack. Nothing of it is trusted yet.
type archive struct {
	r       io.ReaderAt
	entries []entry
	byName  map[string]entry
}

// damage is a fault in the archive's own form, with its place.
type damage struct{ where, what string }

func (d *damage) Error() string { return d.where + ": " + d.what }

func damaged(at int64, what string, args ...any) error {
	return &damage{fmt.Sprintf("byte %d of the pack", at), fmt.Sprintf(what, args...)}
}

// unpack reads the form of a pack from the first byte to the last and accepts
// the one form only that writeArchive gives. It returns *damage for anything
// else. It reads no file content; memory is bounded by maxFiles.
func unpack(r io.ReaderAt, size int64) (*archive, error) {
	if size > maxPack+maxPack/8 {
		return nil, damaged(0, "the file has %d bytes; no pack is as large", size)
	}
	a := &archive{r: r, byName: map[string]entry{}}
	var offset int64
	for {
		var head [localLen]byte
		if err := readAt(r, head[:4], offset, size); err != nil {
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

// entry reads the file header at offset and returns where its bytes end.
func (a *archive) entry(offset, size int64) (next int64, err error) {
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
	if e.size > maxFile || next > size || len(a.entries) >= maxFiles {
		return 0, damaged(offset, "%s claims %d bytes, which is more than there can be", e.name, e.size)
	}
	a.entries = append(a.entries, e)
	a.byName[e.name] = e
	return next, nil
}

// checkEnd holds the rest of the pack against the list of files that follows
// from what was read.
func (a *archive) checkEnd(offset, size int64) error {
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

// read returns the content of a file after checking its checksum.
func (a *archive) read(name string) ([]byte, error) {
	e, ok := a.byName[name]
	if !ok {
		return nil, &damage{name, "the file is missing"}
	}
	start := int64(e.offset) + int64(localLen+len(e.name))
	data := make([]byte, e.size)
	if err := readAt(a.r, data, start, start+int64(e.size)); err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(data) != e.crc {
		return nil, &damage{name, "its bytes do not match its checksum: the file was changed"}
	}
	return data, nil
}
