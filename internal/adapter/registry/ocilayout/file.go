package ocilayout

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// errBounds says that a file is not what it should be: a plain file of an
// allowed size, or an index of this version.
var errBounds = errors.New("not a plain file within the bounds")

// writeBlob stores b under its digest, unless exactly that is there already.
func (s *Store) writeBlob(b []byte) error {
	path := s.blobPath(strings.TrimPrefix(digestOf(b), "sha256:"))
	if have, err := readBlob(path); err == nil && bytes.Equal(have, b) {
		return nil
	}
	return putFile(path, b)
}

func readBlob(path string) ([]byte, error) { return readBounded(path, MaxBlob) }

func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, errBounds
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if int64(len(b)) > limit {
		return nil, errBounds
	}
	return b, err
}

// writeFile writes a whole file or none, and makes it last.
func writeFile(path string, b []byte) error {
	return errors.Join(putFile(path, b), syncDir(filepath.Dir(path)))
}

// putFile writes a whole file or none; the caller syncs the folder.
func putFile(path string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
