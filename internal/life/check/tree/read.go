package tree

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
)

var (
	errTotal  = errors.New("all files are too large together")
	errSize   = errors.New("the file is too large")
	errBinary = errors.New("the file is not text")
)

// sniffed is how much of a file decides whether it is text.
const sniffed = 8000

// read returns the text of a file. Of a file that is not text or is too large,
// no more than its beginning is read.
func (l *loader) read(name string) ([]byte, error) {
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading only
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fs.ErrInvalid // swapped since it was listed
	}
	if info.Size() > l.limits.FileSize {
		return nil, errSize
	}
	var head [sniffed]byte
	n, err := io.ReadFull(f, head[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if _, ok := Text(head[:n]); !ok {
		return nil, errBinary
	}
	left := l.limits.Total - l.tree.Bytes
	if max(info.Size(), int64(n)) > left {
		return nil, errTotal
	}
	data := append(l.store.take(int(info.Size())), head[:n]...)
	if err == nil { // there may be more
		if data, err = rest(f, data, min(l.limits.FileSize, left)); err != nil {
			return nil, err
		}
	}
	switch {
	case int64(len(data)) > l.limits.FileSize:
		return nil, errSize
	case int64(len(data)) > left:
		return nil, errTotal
	}
	text, ok := Text(data)
	if !ok {
		return nil, errBinary
	}
	return text, nil
}

// rest appends what is left of a file, at most one byte more than the limit: it
// may have grown since its size was read.
func rest(f io.Reader, data []byte, limit int64) ([]byte, error) {
	for int64(len(data)) <= limit {
		if len(data) == cap(data) {
			var more [1]byte
			if n, err := f.Read(more[:]); n == 0 {
				return data, eof(err)
			}
			data = append(bytes.Clone(data), more[0])
		}
		n, err := f.Read(data[len(data):min(int64(cap(data)), limit+1)])
		data = data[:len(data)+n]
		if err != nil {
			return data, eof(err)
		}
	}
	return data, nil
}

// eof takes the end of a file for no error, and a reader that gives nothing at
// all for its end.
func eof(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// store hands out memory for the files. Small ones share a block, for they live
// as long as the tree: thousands of small blocks would be rounded up each.
type store struct{ free []byte }

const block = 1 << 20

// take returns an empty slice with room for exactly n bytes.
func (s *store) take(n int) []byte {
	if n > block/8 {
		return make([]byte, 0, n)
	}
	if n > len(s.free) {
		s.free = make([]byte, block)
	}
	out := s.free[:0:n]
	s.free = s.free[n:]
	return out
}
