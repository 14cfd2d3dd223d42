package sent

import (
	"bytes"
	"io"
	"io/fs"
	"mime"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/files"
)

// Bounds of what is sent.
const (
	MaxBody  = 10 << 20 // as it is sent
	MaxFiles = 5000
	maxBytes = 50 << 20 // of all files, unpacked
	maxLink  = 4096     // where a link leads
)

// Read reads a body by its media type. Errors: Unreadable, Invalid for a name that
// no file may have, TooLarge.
func Read(mediaType string, body []byte) (*files.Tree, error) {
	if len(body) > MaxBody {
		return nil, core.Errorf(core.TooLarge, "The files have %d MiB as they were sent; at most %d are taken.", len(body)>>20, MaxBody>>20).Hinted("Send the app's own files only.")
	}
	t := &taker{tree: files.New(), left: maxBytes}
	kind, _, err := mime.ParseMediaType(mediaType)
	if mediaType == "" {
		kind, err = "application/json", nil
	}
	if err != nil {
		kind = ""
	}
	switch kind {
	case "application/json":
		err = t.json(body)
	case "application/zip", "application/x-zip-compressed":
		err = t.zip(body)
	case "application/x-tar", "application/tar":
		err = t.tar(bytes.NewReader(body))
	case "application/gzip", "application/x-gzip":
		err = t.gzip(body)
	default:
		err = core.Errorf(core.Unreadable, "Files are not taken in this type.").Hinted("Send application/json, application/zip, application/x-tar or application/gzip, and say so in Content-Type.").At("Content-Type")
	}
	if err != nil {
		return nil, err
	}
	if t.count == 0 {
		return nil, core.Errorf(core.Invalid, "There are no files in what was sent.").Hinted(`Send {"files": {"microapp.yaml": "name: ..."}}, or an archive with files.`)
	}
	t.tree.Sort()
	return t.tree, nil
}

// taker puts files into a tree within one budget.
type taker struct {
	tree  *files.Tree
	count int
	left  int64
}

// add takes one entry. Its data is counted already.
func (t *taker) add(name string, mode fs.FileMode, data []byte) error {
	if t.count++; t.count > MaxFiles {
		return core.Errorf(core.TooLarge, "There are more than %d files.", MaxFiles).Hinted("Leave out what is no part of the app, such as node_modules.")
	}
	clean, why := cleaned(name)
	if why != "" {
		return core.Errorf(core.Invalid, "The name %.120q %s.", name, why).Hinted("Name files as seen from the app's folder, with / between folders: src/worker.ts")
	}
	if !t.tree.Add(clean, mode, int64(len(data)), data) {
		return core.Errorf(core.Invalid, "The name %.120q is there twice, or is a file and a folder too.", name).Hinted("Send each file once.")
	}
	return nil
}

// read reads one file of an archive to its end.
func (t *taker) read(in io.Reader, most int64) ([]byte, error) {
	bound := min(t.left, most)
	data, err := io.ReadAll(io.LimitReader(in, bound+1))
	if int64(len(data)) > bound {
		return nil, tooMuch()
	}
	t.left -= int64(len(data))
	return data, err
}

func tooMuch() error {
	return core.Errorf(core.TooLarge, "The files are larger than %d MiB when they are unpacked.", maxBytes>>20).Hinted("Send the app's own files only.")
}

func broken(what string, err error) error {
	return &core.Error{Code: core.Unreadable, Msg: "What was sent " + what + ".", Hint: "Pack the files again, and say in Content-Type what it is.", Err: err}
}
