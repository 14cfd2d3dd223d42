package move

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// A row's canonical encoding is the same on every engine: for each column, in
// the alphabetical order of the columns, one byte for the kind of value (0 NULL,
// 1 text, 2 integer, 3 false, 4 true), for text its length in bytes as 8 bytes,
// big-endian, and the bytes, for an integer its 8 bytes, big-endian.
func appendRow(b []byte, row []any) []byte {
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			b = append(b, 0)
		case string:
			b = append(b, 1)
			b = binary.BigEndian.AppendUint64(b, uint64(len(v)))
			b = append(b, v...)
		case int64:
			b = append(b, 2)
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		case bool:
			if v {
				b = append(b, 4)
			} else {
				b = append(b, 3)
			}
		default:
			panic(fmt.Sprintf("move: a value of type %T", v))
		}
	}
	return b
}

// digest is SHA-256 over the encodings of a table's rows, in the order of the
// key. It is made on each side for itself.
type digest struct {
	sum  hash.Hash
	rows int64
	buf  []byte // the last row's encoding
}

func newDigest() *digest { return &digest{sum: sha256.New()} }

// add takes in one row and returns its encoding, which is good until the next.
func (d *digest) add(row []any) []byte {
	d.buf = appendRow(d.buf[:0], row)
	d.sum.Write(d.buf)
	d.rows++
	return d.buf
}

func (d *digest) String() string { return "sha256:" + hex.EncodeToString(d.sum.Sum(nil)) }

// equal compares two encodings.
func equal(a, b []byte) bool { return bytes.Equal(a, b) }

// compareKeys orders keys as both engines do: text by its bytes, integers by
// their value.
func compareKeys(a, b []any) int {
	for i := range a {
		var c int
		switch x := a[i].(type) {
		case string:
			y, _ := b[i].(string)
			c = strings.Compare(x, y)
		case int64:
			y, _ := b[i].(int64)
			c = cmp.Compare(x, y)
		}
		if c != 0 {
			return c
		}
	}
	return 0
}
