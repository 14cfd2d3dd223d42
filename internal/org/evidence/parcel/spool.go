package parcel

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"io"
	"os"

	"github.com/paddock-dev/paddock/internal/core"
)

// Member is one file of a pack, before it is packed.
type Member struct {
	Name   string
	Size   int64
	CRC    uint32
	SHA256 string // 64 hexadecimal digits

	from io.ReaderAt
	at   int64
}

func (m Member) reader() io.Reader { return io.NewSectionReader(m.from, m.at, m.Size) }

// Bytes makes a member of bytes in memory.
func Bytes(name string, data []byte) Member {
	sum := sha256.Sum256(data)
	return Member{name, int64(len(data)), crc32.ChecksumIEEE(data), hex.EncodeToString(sum[:]), bytes.NewReader(data), 0}
}

// Spool keeps members on disk while a pack is made. Its file has no name any
// longer, so a crash leaves nothing behind.
type Spool struct {
	file *os.File
	buf  *bufio.Writer
	size int64 // of all members so far
	crc  hash.Hash32
	sum  hash.Hash
	at   int64 // where the member under way begins
}

// NewSpool makes a spool in a folder; "" is the system's folder for temporary
// files.
func NewSpool(dir string) (*Spool, error) {
	f, err := os.CreateTemp(dir, "paddock-evidence-*")
	if err == nil {
		err = os.Remove(f.Name())
	}
	if err != nil {
		return nil, &core.Error{Code: core.Unavailable, Msg: "There is no room for temporary files.", Hint: "Make room, or set TMPDIR to a folder that may be written to.", Err: err}
	}
	s := &Spool{file: f, buf: bufio.NewWriterSize(f, 64<<10)}
	s.begin()
	return s, nil
}

func (s *Spool) begin() { s.at, s.crc, s.sum = s.size, crc32.NewIEEE(), sha256.New() }

// Write adds bytes to the member under way.
func (s *Spool) Write(b []byte) (int, error) {
	n, err := s.buf.Write(b)
	s.size += int64(n)
	_, _ = s.crc.Write(b[:n])
	_, _ = s.sum.Write(b[:n])
	return n, err
}

// End ends the member under way; the next Write begins another one.
func (s *Spool) End(name string) (Member, error) {
	if err := s.buf.Flush(); err != nil {
		return Member{}, &core.Error{Code: core.Unavailable, Msg: "There is no room for temporary files.", Hint: "Make room and try again.", Err: err}
	}
	m := Member{name, s.size - s.at, s.crc.Sum32(), hex.EncodeToString(s.sum.Sum(nil)), s.file, s.at}
	s.begin()
	return m, nil
}

// Close throws the spool away.
func (s *Spool) Close() error { return s.file.Close() }
