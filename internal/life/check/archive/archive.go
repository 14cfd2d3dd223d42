// Package archive shows the text files inside of archives: zip and what is one
// (jar, war, whl, nupkg, docx ...), tar, and either or a single file in gzip.
//
// Archives are hostile: depth, number, size and growth are bounded for all
// archives of one check together, and whatever a bound or a fault hides is
// reported.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Opener opens archives within one budget. The zero value is not ready; use
// NewOpener.
type Opener struct {
	Archives int // opened
	Files    int // text files shown
	Bytes    int64

	files  int   // left
	bytes  int64 // left, of everything unpacked
	each   func(tree.File)
	missed func(format string, args ...any)
}

const (
	maxDepth  = 3
	maxFiles  = 20_000
	maxFile   = 5_000_000   // bytes of one file inside
	maxBytes  = 100_000_000 // of all
	maxGrowth = 200         // of what is larger than a megabyte
)

// NewOpener makes an opener. Each gets the text files, by paths such as
// "a.zip!/b/.env"; missed gets what could not be shown.
func NewOpener(each func(tree.File), missed func(format string, args ...any)) *Opener {
	return &Opener{files: maxFiles, bytes: maxBytes, each: each, missed: missed}
}

// Is reports whether a name is that of an archive that Open reads.
func Is(name string) bool { return kindOf(name) != none }

type kind int

const (
	none kind = iota
	zipped
	tarred
	gzipped
)

func kindOf(name string) kind {
	base := strings.ToLower(path.Base(name))
	switch path.Ext(base) {
	case ".zip", ".jar", ".war", ".ear", ".aar", ".whl", ".egg", ".nupkg", ".apk", ".ipa", ".vsix", ".xpi", ".crx", ".docx", ".xlsx", ".pptx", ".odt", ".ods":
		return zipped
	case ".tar", ".gem", ".crate":
		return tarred
	case ".tgz", ".gz":
		return gzipped
	}
	return none
}

var errSpent = errors.New("the budget is spent")

// Open shows the files of an archive. It panics on nothing.
func (o *Opener) Open(ctx context.Context, name string, data []byte) {
	defer func() {
		if p := recover(); p != nil {
			o.missed("%s could not be opened", name)
		}
	}()
	if err := o.open(ctx, name, data, 1); err != nil {
		o.missed("%s could not be searched to its end (%v)", name, err)
	}
}

func (o *Opener) open(ctx context.Context, name string, data []byte, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it lies in more than %d archives", maxDepth)
	}
	o.Archives++
	switch kindOf(name) {
	case zipped:
		return o.zip(ctx, name, data, depth)
	case tarred:
		return o.tar(ctx, name, bytes.NewReader(data), depth)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return errors.New("it is not gzip")
	}
	base := strings.ToLower(path.Base(name))
	if strings.HasSuffix(base, ".tgz") || strings.HasSuffix(base, ".tar.gz") {
		return o.tar(ctx, name, z, depth)
	}
	return o.file(ctx, name+"!/"+strings.TrimSuffix(path.Base(name), path.Ext(name)), z, int64(len(data)), depth)
}

func (o *Opener) zip(ctx context.Context, name string, data []byte, depth int) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return errors.New("it is not a zip archive")
	}
	for _, f := range z.File {
		if !f.Mode().IsRegular() {
			continue
		}
		if f.Flags&1 != 0 {
			return errors.New("it is locked with a password")
		}
		r, err := f.Open()
		if err != nil {
			return errors.New("a file in it cannot be unpacked")
		}
		err = o.file(ctx, name+"!/"+clean(f.Name), r, int64(min(f.CompressedSize64, uint64(len(data)))), depth)
		_ = r.Close() // read only
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *Opener) tar(ctx context.Context, name string, in io.Reader, depth int) error {
	t := tar.NewReader(&counted{in: in})
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if errors.Is(err, errSpent) {
			return err
		}
		if err != nil {
			return errors.New("it is not a whole tar archive")
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := o.file(ctx, name+"!/"+clean(h.Name), t, h.Size, depth); err != nil {
			return err
		}
	}
}

// file shows one file, or opens it if it is an archive itself.
func (o *Opener) file(ctx context.Context, name string, in io.Reader, packed int64, depth int) error {
	if err := ctx.Err(); err != nil {
		return errors.New("the time ran out")
	}
	if o.files--; o.files < 0 {
		return fmt.Errorf("there are more than %d files in archives", maxFiles)
	}
	data, err := io.ReadAll(io.LimitReader(in, min(maxFile, o.bytes)+1))
	o.bytes -= int64(len(data))
	switch {
	case o.bytes < 0 || errors.Is(err, errSpent):
		return fmt.Errorf("archives hold more than %d MB", maxBytes/1_000_000)
	case err != nil:
		return errors.New("a file in it cannot be unpacked")
	case int64(len(data)) > maxGrowth*max(packed, 1) && len(data) > 1_000_000:
		return fmt.Errorf("a file in it grows more than %d times", maxGrowth)
	}
	text, plain := tree.Text(data)
	switch {
	case kindOf(name) != none && !plain:
		if len(data) > maxFile {
			return fmt.Errorf("an archive in it is larger than %d MB", maxFile/1_000_000)
		}
		return o.open(ctx, name, data, depth+1)
	case plain && len(data) > maxFile:
		o.missed("%s is larger than %d MB", name, maxFile/1_000_000)
	case plain:
		o.Files++
		o.Bytes += int64(len(text))
		o.each(tree.File{Path: name, Text: text})
	}
	return nil
}

// clean makes a name in an archive one below it.
func clean(name string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(strings.ToValidUTF8(name, "?"), `\`, "/")), "/")
}

// counted counts what a stream unpacks, also between files.
type counted struct {
	in  io.Reader
	sum int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if c.sum += int64(n); c.sum > 2*maxBytes {
		return n, errSpent
	}
	return n, err
}
