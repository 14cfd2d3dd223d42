package evidence_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// TestEveryChangedByte: one changed byte anywhere makes the pack fail, and the
// result names a place.
func TestEveryChangedByte(t *testing.T) {
	w := newWorld(t).live()
	pack := w.export()
	step := 1
	if testing.Short() {
		step = 97
	}
	edges := edgesOf(t, pack)
	for i := 0; i < len(pack); i++ {
		if i%149 != 0 && !edges[i] || i%step != 0 {
			continue
		}
		bad := bytes.Clone(pack)
		bad[i] ^= 1 << (i / 149 % 8)
		if r := w.verified(bad); r.OK || r.Problems[0].Where == "" {
			t.Fatalf("byte %d of %d: %+v", i, len(pack), r)
		}
	}
}

// TestEveryBitOfTheSignature: package note reads several spellings of one
// signature; a pack has one.
func TestEveryBitOfTheSignature(t *testing.T) {
	w := newWorld(t).live()
	pack := w.export()
	start := bytes.LastIndex(pack, []byte("paddock evidence pack v1\nsha256:"))
	end := start + bytes.Index(pack[start:], []byte("PK\x01\x02"))
	for i := start; i < end; i++ {
		for bit := range 8 {
			bad := bytes.Clone(pack)
			bad[i] ^= 1 << bit
			fixCRC(bad, start, end)
			if r := w.verified(bad); r.OK {
				t.Fatalf("byte %d bit %d of the signature", i-start, bit)
			}
		}
	}
}

// fixCRC makes the last file's checksum fit its bytes again, in both headers.
func fixCRC(pack []byte, start, end int) {
	sum := crc32.ChecksumIEEE(pack[start:end])
	name := len("manifest.sig")
	binary.LittleEndian.PutUint32(pack[start-name-30+14:], sum)
	last := bytes.LastIndex(pack, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(pack[last+16:], sum)
}

// edgesOf marks the bytes of headers, signatures and the list of files.
func edgesOf(t *testing.T, pack []byte) map[int]bool {
	t.Helper()
	edges := map[int]bool{}
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	ok(t, err)
	for _, f := range z.File {
		start, err := f.DataOffset()
		ok(t, err)
		for i := int(start) - 30 - len(f.Name); i < int(start)+2; i++ {
			edges[i] = i%3 == 0
		}
		end := int(start) + int(f.UncompressedSize64)
		for i := end - 2; i < end; i++ {
			edges[i] = true
		}
		if f.Name == "manifest.sig" {
			for i := int(start); i < len(pack); i++ {
				edges[i] = true
			}
		}
	}
	return edges
}

// TestHostileArchives: tricks with the archive's form are refused.
func TestHostileArchives(t *testing.T) {
	w := newWorld(t).live()
	pack := w.export()
	long := func(n int) []byte { return bytes.Repeat([]byte{0}, n) }
	for name, bad := range map[string][]byte{
		"empty":             {},
		"text":              []byte("this is no pack"),
		"cut in the middle": pack[:len(pack)/2],
		"last byte missing": pack[:len(pack)-1],
		"byte after":        append(bytes.Clone(pack), 0),
		"megabytes after":   append(bytes.Clone(pack), long(1<<20)...),
		"bytes before":      append([]byte("#!/bin/sh\n"), pack...),
		"twice":             append(bytes.Clone(pack), pack...),
		"bomb":              compressed(t, "index.html", long(64<<20)),
		"path":              compressed(t, "../../etc/passwd", []byte("x")),
		"huge size":         claims(pack, 0xfffffff0),
		"empty zip":         {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		if r := w.verified(bad); r.OK || len(r.Problems) == 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func compressed(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create(name)
	ok(t, err)
	_, err = f.Write(data)
	ok(t, err)
	ok(t, z.Close())
	return b.Bytes()
}

// claims sets the size of the first file in its header.
func claims(pack []byte, size uint32) []byte {
	bad := bytes.Clone(pack)
	binary.LittleEndian.PutUint32(bad[18:], size)
	binary.LittleEndian.PutUint32(bad[22:], size)
	return bad
}

// TestAnotherPacksFile: files of two good packs cannot be mixed.
func TestAnotherPacksFile(t *testing.T) {
	one, two := newWorld(t).live(), newWorld(t).live()
	mixed := append(bytes.Clone(one.export()), two.export()...)
	if r := one.verified(mixed); r.OK {
		t.Fatal("mixed packs verify")
	}
	if r := one.verified(two.export()); r.OK || !strings.Contains(fmt.Sprint(r.Problems), "manifest.sig") {
		t.Fatalf("%+v", r)
	}
}

// FuzzVerify: no input makes the reader fail badly, and only the pack itself
// verifies.
func FuzzVerify(f *testing.F) {
	w := newWorld(f).live()
	pack := w.export()
	f.Add(pack, 0, byte(0))
	f.Add(pack, 30, byte(1))
	f.Add(pack[:200], 18, byte(0xff))
	f.Add([]byte("PK\x05\x06"), 0, byte(0))
	key := w.keys.AuditKey()
	f.Fuzz(func(t *testing.T, data []byte, at int, flip byte) {
		data = bytes.Clone(data)
		if at >= 0 && at < len(data) {
			data[at] ^= flip
		}
		r, err := evidence.Verify(t.Context(), bytes.NewReader(data), int64(len(data)), key)
		ok(t, err)
		if r.OK && !bytes.Equal(data, pack) {
			t.Fatal("something else verifies")
		}
	})
}
