package sent

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
)

// zip reads a zip archive. What it says of its own sizes is not believed.
func (t *taker) zip(body []byte) error {
	// Each entry of its list begins like this. The list is bounded before it is
	// read; a file that holds other archives may have some more.
	if bytes.Count(body, []byte("PK\x01\x02")) > 4*MaxFiles {
		return core.Errorf(core.TooLarge, "The archive has more than %d entries.", MaxFiles).Hinted("Leave out what is no part of the app, such as node_modules.")
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // each name is looked at below
		return broken("is not a zip archive", err)
	}
	for _, f := range z.File {
		mode := f.Mode()
		switch {
		case mode.IsDir():
			continue
		case f.Flags&1 != 0:
			return broken("is locked with a password", nil)
		case !mode.IsRegular() && mode.Type() != fs.ModeSymlink:
			if err := t.add(f.Name, fs.ModeIrregular, nil); err != nil {
				return err
			}
			continue
		}
		if err := t.zipped(f, mode.Type()); err != nil {
			return err
		}
	}
	return nil
}

// zipped unpacks one file, or reads where a link leads.
func (t *taker) zipped(f *zip.File, kind fs.FileMode) error {
	r, err := f.Open()
	if err != nil {
		return broken("has a file in it that cannot be unpacked", err)
	}
	defer func() { _ = r.Close() }() // opened for reading only
	most := int64(maxBytes)
	if kind == fs.ModeSymlink {
		most = maxLink
	}
	data, err := t.read(r, most)
	if core.CodeOf(err) == core.TooLarge {
		return err
	}
	if err != nil {
		return broken("has a file in it that cannot be unpacked", err)
	}
	return t.add(f.Name, kind|0o444, data)
}

func (t *taker) gzip(body []byte) error {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return broken("is not gzip", err)
	}
	return t.tar(z)
}

// tar reads a tar archive.
func (t *taker) tar(in io.Reader) error {
	r := tar.NewReader(&bounded{in: in, left: 2 * maxBytes})
	for {
		h, err := r.Next()
		switch {
		case err == io.EOF:
			return nil
		case core.CodeOf(err) == core.TooLarge:
			return err
		case err != nil && !errors.Is(err, tar.ErrInsecurePath): // each name is looked at below
			return broken("is not a whole tar archive", err)
		}
		switch h.Typeflag {
		case tar.TypeReg:
			data, err := t.read(r, maxBytes)
			if core.CodeOf(err) == core.TooLarge {
				return err
			}
			if err != nil {
				return broken("is not a whole tar archive", err)
			}
			err = t.add(h.Name, 0o444, data)
			if err != nil {
				return err
			}
		case tar.TypeSymlink:
			if err := t.add(h.Name, fs.ModeSymlink|0o444, []byte(h.Linkname[:min(len(h.Linkname), maxLink)])); err != nil {
				return err
			}
		case tar.TypeDir, tar.TypeXGlobalHeader:
		default: // hard links, devices, pipes
			if err := t.add(h.Name, fs.ModeIrregular, nil); err != nil {
				return err
			}
		}
	}
}

// bounded ends a stream that unpacks to too much, also between files.
type bounded struct {
	in   io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, tooMuch()
	}
	return n, err
}
