package osv

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Add reads all records below a path: a zip of records, a record, or a folder of
// these. Records in <Ecosystem>/all.zip count for that ecosystem.
func (h *Harvest) Add(ctx context.Context, path string) error {
	var paths []string
	err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Type().IsRegular() && (p == path || strings.HasSuffix(p, ".zip") || strings.HasSuffix(p, ".json")) {
			paths = append(paths, p)
		}
		if len(paths) > maxRecords {
			return core.Errorf(core.TooLarge, "There are more than %d files.", maxRecords)
		}
		return nil
	})
	if err != nil {
		return (&core.Error{Code: core.Unreadable, Msg: "The records cannot be read.", Err: err}).At(path).Hinted("Name a folder of OSV records, or an all.zip.")
	}
	if len(paths) == 0 {
		return core.Errorf(core.Unreadable, "There are no OSV records here.").At(path).Hinted("Name a folder of .json records, or of <Ecosystem>/all.zip.")
	}
	before := h.read
	var loose []item
	for _, p := range paths {
		if strings.HasSuffix(p, ".zip") {
			if err := h.zip(ctx, p); err != nil {
				return err
			}
			continue
		}
		loose = append(loose, item{name: p, read: func() ([]byte, error) { return readFile(p) }})
	}
	if err := h.run(ctx, loose); err != nil {
		return err
	}
	if h.read == before {
		return core.Errorf(core.Unreadable, "There are no OSV records here.").At(path).Hinted("Fetch the all.zip again.")
	}
	return nil
}

// zip reads the records of one zip file.
func (h *Harvest) zip(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return (&core.Error{Code: core.Unreadable, Msg: "The zip file cannot be opened.", Err: err}).At(path)
	}
	defer func() { _ = f.Close() }() // opened for reading only
	st, err := f.Stat()
	if err != nil {
		return (&core.Error{Code: core.Unreadable, Msg: "The zip file cannot be opened.", Err: err}).At(path)
	}
	place := ""
	if filepath.Base(path) == "all.zip" {
		place = placeOf(filepath.Base(filepath.Dir(path)))
	}
	return h.AddZip(ctx, path, place, f, st.Size())
}

// placeOf returns a folder's name if it is that of an ecosystem.
func placeOf(folder string) string {
	if _, known := order(folder); known {
		return folder
	}
	return ""
}

// AddZip reads the records of a zip; what they say of other ecosystems than the
// given one is left out, unless it is "".
func (h *Harvest) AddZip(ctx context.Context, name, ecosystem string, r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return (&core.Error{Code: core.Unreadable, Msg: "This is not a zip file, or it is cut short.", Err: err}).At(name).Hinted("Fetch it again.")
	}
	var items []item
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".json") && !f.FileInfo().IsDir() {
			items = append(items, item{name: name + ":" + f.Name, place: ecosystem, read: func() ([]byte, error) { return readEntry(f) }})
		}
	}
	if len(items) == 0 {
		return core.Errorf(core.Unreadable, "The zip file holds no OSV records.").At(name).Hinted("Fetch the all.zip again.")
	}
	slices.SortFunc(items, func(a, b item) int { return strings.Compare(a.name, b.name) })
	return h.run(ctx, items)
}

func readEntry(f *zip.File) ([]byte, error) {
	if f.UncompressedSize64 > maxRecord {
		return nil, fmt.Errorf("%w: it is larger than %d bytes", errRecord, maxRecord)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // opened for reading only
	return readAll(r)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading only
	return readAll(f)
}

func readAll(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxRecord+1))
	if err == nil && len(b) > maxRecord {
		err = fmt.Errorf("%w: it is larger than %d bytes", errRecord, maxRecord)
	}
	return b, err
}
