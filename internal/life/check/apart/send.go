package apart

import (
	"bufio"
	"encoding/gob"
	"io"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/files"
)

// maxFile is how much of one file is sent, far above what any check reads of one.
const maxFile = 64 << 20

// file is one entry of the tree; the last has no path.
type file struct {
	Path string
	Mode fs.FileMode
	Size int64
	Data []byte
}

// send writes an order and the files to the process.
func send(w io.Writer, o order, fsys fs.FS) (*gob.Encoder, *bufio.Writer, error) {
	out := bufio.NewWriterSize(w, 64<<10)
	enc := gob.NewEncoder(out)
	if err := enc.Encode(o); err != nil {
		return nil, nil, err
	}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return core.Errorf(core.Unreadable, "The files could not be read: %w", err).Hinted("Push the commit again.")
		}
		if d.IsDir() {
			return nil
		}
		return enc.Encode(entry(fsys, name, d))
	})
	if err == nil {
		err = enc.Encode(file{})
	}
	if err == nil {
		err = out.Flush()
	}
	return enc, out, err
}

// entry reads one entry. A file that cannot be read becomes one that nobody can.
func entry(fsys fs.FS, name string, d fs.DirEntry) file {
	f := file{Path: name, Mode: d.Type()}
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		if to, err := fs.ReadLink(fsys, name); err == nil {
			f.Data = []byte(to)
		}
	case d.Type().IsRegular():
		data, size, err := read(fsys, name)
		if err != nil {
			f.Mode = fs.ModeIrregular
		}
		f.Data, f.Size = data, size
		return f
	}
	f.Size = int64(len(f.Data))
	return f
}

// read returns a plain file, or its beginning, and its whole size.
func read(fsys fs.FS, name string) ([]byte, int64, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = f.Close() }() // opened for reading only
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, 0, fs.ErrInvalid
	}
	data := make([]byte, min(info.Size(), maxFile))
	n, err := io.ReadFull(f, data)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil
	}
	return data[:n], info.Size(), err
}

// receive reads the files on the other side.
func receive(dec *gob.Decoder) (*files.Tree, error) {
	t := files.New()
	for {
		var f file
		if err := dec.Decode(&f); err != nil {
			return nil, err
		}
		if f.Path == "" {
			t.Sort()
			return t, nil
		}
		if !t.Add(f.Path, f.Mode, f.Size, f.Data) {
			return nil, core.Errorf(core.Unreadable, "The file %.120q is there twice, or has a name that no file can have.", f.Path).Hinted("Rename it and push again.").At(f.Path)
		}
	}
}
