package osv

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

// DB is an open database. It may be used by many goroutines; Close it when no
// lookup can be under way any more.
type DB struct {
	Manifest
	file  io.ReaderAt
	close io.Closer // nil if there is nothing to close
	index []blockRef
	dec   *zstd.Decoder

	mu    sync.Mutex
	cache [4]block // the blocks of the last lookups, newest first
	room  rooms
}

type blockRef struct {
	first       string // key
	offset      int64
	size, plain int
	sum         [32]byte
}

type block struct {
	ref   int // of the index, from 1; 0 for none
	plain []byte
}

// Open opens a database file that one of the trusted keys has signed. Errors:
// NotFound if there is no file, Unreadable for one that is no database, is cut
// short or was changed, Forbidden for a signature of somebody else.
func Open(path string, trusted []ed25519.PublicKey) (*DB, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, core.Errorf(core.NotFound, "There is no vulnerability database at %q.", path).Hinted("Make one: paddock vulndb import.")
	}
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "The vulnerability database %q cannot be opened: %w.", path, err)
	}
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		_ = f.Close()
		return nil, core.Errorf(core.Unreadable, "The vulnerability database %q is not a plain file.", path)
	}
	db, err := open(f, st.Size(), f, func(envelope []byte) ([]byte, error) { return verify(envelope, trusted) })
	if err != nil {
		_ = f.Close()
		return nil, core.AsError(err).At(path)
	}
	return db, nil
}

// Is reports whether a file begins as a database does.
func Is(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // opened for reading only
	head := make([]byte, len(magic))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == magic
}

// verify checks who signed a description, and returns it.
func verify(envelope []byte, trusted []ed25519.PublicKey) ([]byte, error) {
	for _, key := range trusted {
		kind, payload, err := seal.VerifyDSSEWith(key, envelope)
		switch {
		case core.CodeOf(err) == core.Forbidden:
			continue
		case err != nil:
			return nil, core.Errorf(core.Unreadable, "The vulnerability database is not signed.").Hinted("Import the records again: paddock vulndb import.")
		case kind != PayloadType:
			return nil, core.Errorf(core.Unreadable, "What is signed in this file is %.80q, not a vulnerability database.", kind)
		}
		return payload, nil
	}
	return nil, core.Errorf(core.Forbidden, "The vulnerability database is not signed by a key that is trusted here (%d keys).", len(trusted)).
		Hinted("Get keys/signing.pub of who made it, by a way that you trust. Name it with --vulndb-keys.")
}

// open reads the description and the index.
func open(r io.ReaderAt, size int64, c io.Closer, verify func([]byte) ([]byte, error)) (*DB, error) {
	head := make([]byte, len(magic))
	if _, err := r.ReadAt(head, 0); err != nil || string(head) != magic {
		return nil, core.Errorf(core.Unreadable, "This is no vulnerability database of Paddock.").Hinted("Make one of OSV records: paddock vulndb import.")
	}
	end := make([]byte, tailSize)
	if size < int64(len(magic)+tailSize) {
		return nil, damaged("it is cut short")
	}
	if _, err := r.ReadAt(end, size-tailSize); err != nil || string(end[12:]) != tail {
		return nil, damaged("it is cut short")
	}
	at, length := int64(binary.BigEndian.Uint64(end)), int64(binary.BigEndian.Uint32(end[8:]))
	if at < int64(len(magic)) || length > seal.MaxEnvelope || at+length != size-tailSize {
		return nil, damaged("its end does not fit")
	}
	envelope := make([]byte, length)
	if _, err := r.ReadAt(envelope, at); err != nil {
		return nil, damaged("it cannot be read")
	}
	payload, err := verify(envelope)
	if err != nil {
		return nil, err
	}
	m, err := readManifest(payload, at)
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlock+1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, core.Hidden("Opening the vulnerability database", err)
	}
	db := &DB{Manifest: m, file: r, close: c, dec: dec}
	return db, db.readIndex()
}

func (db *DB) readIndex() error {
	s := db.Manifest.Index
	sum, _ := hex.DecodeString(s.SHA256) // checked by readManifest
	plain, err := db.unpack(blockRef{offset: s.Offset, size: int(s.Size), plain: int(s.Plain), sum: [32]byte(sum)}, &rooms{})
	if err != nil {
		return err
	}
	in := reader{b: plain}
	last := ""
	for len(in.b) > 0 {
		ref := blockRef{first: in.text(), offset: in.long(), size: int(in.long()), plain: int(in.long())}
		if len(in.b) < len(ref.sum) || in.err != nil || ref.first <= last || ref.size <= 0 || ref.offset < 0 || ref.offset+int64(ref.size) > s.Offset || ref.plain < 0 || ref.plain > maxBlock {
			return damaged("its index is not right")
		}
		copy(ref.sum[:], in.b)
		in.b = in.b[len(ref.sum):]
		db.index, last = append(db.index, ref), ref.first
	}
	return nil
}

// Close closes the file.
func (db *DB) Close() error {
	db.dec.Close()
	if db.close == nil {
		return nil
	}
	return db.close.Close()
}

// packed reads a block as it stands in the file, into room if that is large
// enough, and checks its digest.
func (db *DB) packed(ref blockRef, room []byte) ([]byte, error) {
	b := slices.Grow(room[:0], ref.size)[:ref.size]
	if _, err := db.file.ReadAt(b, ref.offset); err != nil {
		return nil, damaged("a part cannot be read")
	}
	if sha256.Sum256(b) != ref.sum {
		return nil, damaged("a part is not the one that was signed")
	}
	return b, nil
}

// unpack reads a block and unpacks it, into the rooms if they are large enough.
func (db *DB) unpack(ref blockRef, rooms *rooms) ([]byte, error) {
	b, err := db.packed(ref, rooms.packed)
	if err != nil {
		return nil, err
	}
	rooms.packed = b
	plain, err := db.dec.DecodeAll(b, slices.Grow(rooms.plain[:0], ref.plain))
	if err != nil || len(plain) != ref.plain {
		return nil, damaged("a part cannot be unpacked")
	}
	return plain, nil
}

// rooms are buffers that are used again.
type rooms struct{ packed, plain []byte }

// Of returns all advisories of a package, by id; nil for a package that nobody
// has written about. The result is the caller's.
func (db *DB) Of(ecosystem, name string) ([]Advisory, error) {
	k := key(Base(ecosystem), name)
	i, found := slices.BinarySearchFunc(db.index, k, func(r blockRef, k string) int { return strings.Compare(r.first, k) })
	if !found {
		i--
	}
	if i < 0 {
		return nil, nil
	}
	db.mu.Lock()
	defer db.mu.Unlock() // what a block holds is copied before it makes room for another
	plain, err := db.block(i)
	if err != nil {
		return nil, err
	}
	in := reader{b: plain}
	for len(in.b) > 0 && in.err == nil {
		name, body := in.bytes(), in.bytes()
		if string(name) == k {
			return advisories(body)
		}
	}
	if in.err != nil {
		return nil, damaged("a part of it is not right")
	}
	return nil, nil
}

func advisories(body []byte) ([]Advisory, error) {
	in := reader{b: body}
	var out []Advisory
	for range in.number() {
		out = append(out, in.advisory())
		if in.err != nil {
			return nil, damaged("a record is not right")
		}
	}
	return out, nil
}

// block returns an unpacked block, from the cache if it was among the last. The
// caller holds mu, and does not use the block after it let go.
func (db *DB) block(i int) ([]byte, error) {
	for n, b := range db.cache {
		if b.ref == i+1 {
			copy(db.cache[1:n+1], db.cache[:n])
			db.cache[0] = b
			return b.plain, nil
		}
	}
	oldest := &db.cache[len(db.cache)-1]
	db.room.plain, *oldest = oldest.plain, block{}
	plain, err := db.unpack(db.index[i], &db.room)
	if err != nil {
		return nil, err
	}
	copy(db.cache[1:], db.cache[:])
	db.cache[0] = block{ref: i + 1, plain: plain}
	return plain, nil
}

// Check reads every block and compares its digest with the signed one. It
// returns the first fault.
func (db *DB) Check() error {
	n := 0
	var again rooms
	for i, ref := range db.index {
		plain, err := db.unpack(ref, &again)
		if err != nil {
			return err
		}
		again.plain = plain
		in := reader{b: plain}
		for len(in.b) > 0 {
			key, body := in.text(), in.bytes()
			if _, err := advisories(body); err != nil || in.err != nil || key < ref.first || i+1 < len(db.index) && key >= db.index[i+1].first {
				return damaged("a part of it is not right")
			}
			n++
		}
	}
	want := 0
	for _, e := range db.Ecosystems {
		want += e.Packages
	}
	if n != want {
		return damaged("packages are missing")
	}
	return nil
}
