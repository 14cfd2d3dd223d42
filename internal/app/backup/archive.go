package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/paddock-dev/paddock/internal/core"
)

// suffixes are the archives that are written and read.
var suffixes = []string{".tar", ".tar.gz", ".tgz", ".tar.zst"}

// isArchive reports whether a name asks for an archive.
func isArchive(name string) bool { return suffixOf(name) != "" }

// suffixOf returns the ending that makes a name an archive's, or "".
func suffixOf(name string) string {
	for _, s := range suffixes {
		if strings.HasSuffix(name, s) {
			return s
		}
	}
	return ""
}

// pack writes the folder root as an archive. The note and the list come first,
// so that a reader knows what it gets before it comes.
func pack(ctx context.Context, root, file string) (err error) {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fileFault("Writing the archive", err)
	}
	defer func() { err = fileFault("Writing the archive", errors.Join(err, out.Close())) }()
	squeezed, err := squeeze(file, out)
	if err != nil {
		return err
	}
	w := tar.NewWriter(squeezed)
	for _, p := range []string{noteFile, listFile} {
		if err := packFile(ctx, w, root, p); err != nil {
			return err
		}
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		p, err := filepath.Rel(root, path)
		if err != nil || isNote(p) {
			return err
		}
		return packFile(ctx, w, root, filepath.ToSlash(p))
	})
	return errors.Join(err, w.Close(), squeezed.Close(), out.Sync())
}

func packFile(ctx context.Context, w *tar.Writer, root, p string) error {
	f, err := os.Open(filepath.Join(root, filepath.FromSlash(p)))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := &tar.Header{Name: p, Size: info.Size(), Mode: int64(info.Mode().Perm()), ModTime: info.ModTime(), Format: tar.FormatPAX}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.Copy(w, reader{ctx, f})
	return err
}

// plainEnd closes nothing.
type plainEnd struct{ io.Writer }

func (plainEnd) Close() error { return nil }

// squeeze compresses as the name asks.
func squeeze(name string, w io.Writer) (io.WriteCloser, error) {
	switch {
	case strings.HasSuffix(name, "gz"):
		return gzip.NewWriter(w), nil
	case strings.HasSuffix(name, ".zst"):
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(2))
	}
	return plainEnd{w}, nil
}

// maxExpansion bounds how much larger than the archive its content may be, and
// slack is what even a tiny archive may hold.
const (
	maxExpansion = 1000
	slack        = 1 << 30
)

// unpack reads an archive into the folder root, which is empty. Every name must
// stay inside, be a plain file and come once; the size is bounded by the
// archive's own. What the bytes are is for the manifest to say.
func unpack(ctx context.Context, file, root string, told func(bytes int64)) (err error) {
	in, err := os.Open(file)
	if err != nil {
		return fileFault("Reading the archive", err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return fileFault("Reading the archive", err)
	}
	plain, stop, err := expand(file, reader{ctx, in})
	if err != nil {
		return broken(err)
	}
	defer stop()
	inside, err := os.OpenRoot(root)
	if err != nil {
		return fileFault("Unpacking the archive", err)
	}
	defer inside.Close()
	u := &unpacker{root: inside, left: info.Size()*maxExpansion + slack, told: told}
	return u.all(tar.NewReader(plain))
}

func expand(name string, r io.Reader) (io.Reader, func(), error) {
	switch {
	case strings.HasSuffix(name, "gz"):
		z, err := gzip.NewReader(r)
		return z, func() {}, err
	case strings.HasSuffix(name, ".zst"):
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return r, func() {}, nil
}

type unpacker struct {
	root  *os.Root
	left  int64
	done  int64
	files int
	told  func(bytes int64)
}

func (u *unpacker) all(t *tar.Reader) error {
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return broken(err)
		}
		if err := u.one(t, h); err != nil {
			return err
		}
	}
}

func (u *unpacker) one(t *tar.Reader, h *tar.Header) error {
	if !isNote(h.Name) && !safe(h.Name) || h.Typeflag != tar.TypeReg {
		return damaged("the archive holds " + shown(h.Name) + ", which is no plain file inside it")
	}
	if u.left -= h.Size; h.Size < 0 || u.left < 0 {
		return core.Errorf(core.TooLarge, "The archive unpacks to more than can be.").Hinted("Use another backup; this file was not made by paddock backup.")
	}
	if u.files++; u.files > maxFiles {
		return core.Errorf(core.TooLarge, "The archive holds more than %d files.", maxFiles).Hinted("Use another backup.")
	}
	name := filepath.FromSlash(h.Name)
	if err := u.root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fileFault("Unpacking the archive", err)
	}
	out, err := u.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fs.FileMode(h.Mode)&0o700|0o600)
	if errors.Is(err, fs.ErrExist) {
		return damaged("the archive holds " + shown(h.Name) + " twice")
	}
	if err != nil {
		return fileFault("Unpacking the archive", err)
	}
	n, err := io.Copy(out, t)
	if err := errors.Join(err, out.Close()); err != nil {
		return broken(err)
	}
	u.done += n
	if u.told != nil {
		u.told(u.done)
	}
	return nil
}

// broken explains a fault of the archive's bytes, or of the disk.
func broken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return damaged("the archive ends in the middle")
	}
	var path *fs.PathError
	if errors.As(err, &path) || errors.Is(err, context.Canceled) {
		return fileFault("Unpacking the archive", err)
	}
	return &core.Error{Code: core.Unreadable, Msg: "The archive cannot be read.", Hint: "Use another backup; this file was cut off or changed.", Err: err}
}
