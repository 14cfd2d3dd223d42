package history

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"
)

// commit is one commit, with the versions of files that it brought.
type commit struct {
	id      string
	message string
	files   []version
}

// version is one file as a commit left it.
type version struct {
	path string
	old  []string // the blobs of the parents, without those that did not exist
	new  string
}

var errShape = errors.New("an answer that nobody understands")

// maxMessage bounds a commit's message, in bytes.
const maxMessage = 1 << 20

// commits calls each for every commit of the arguments, parents before
// children. A merge brings only what differs from all its parents.
func (r *repository) commits(ctx context.Context, args []string, each func(commit) error) error {
	log := append([]string{"log", "-z", "-c", "--raw", "--no-renames", "--no-abbrev", "--no-show-signature", "--no-notes", "--no-color", "--no-ext-diff", "--no-textconv",
		"--ignore-submodules=none", "--topo-order", "--reverse", "--format=%H%x00%B%x00"}, args...)
	return r.run(ctx, nil, func(out io.Reader) error { return readCommits(bufio.NewReaderSize(out, 256<<10), each) }, log...)
}

// readCommits reads the answer: fields that end in NUL, namely an id, a
// message, and for each file a line that begins with a colon, and its path.
func readCommits(in *bufio.Reader, each func(commit) error) error {
	var now commit
	for {
		field, err := nextField(in)
		if err == io.EOF {
			if now.id == "" {
				return nil
			}
			return each(now)
		}
		if err != nil {
			return err
		}
		field = strings.TrimPrefix(field, "\n")
		switch {
		case field == "":
		case field[0] == ':' && now.id != "":
			path, err := nextField(in)
			if err != nil {
				return errShape
			}
			if v, ok := parseRaw(field, path); ok {
				now.files = append(now.files, v)
			} else {
				return errShape
			}
		case isID(field):
			if now.id != "" {
				if err := each(now); err != nil {
					return err
				}
			}
			message, err := nextField(in)
			if err != nil {
				return errShape
			}
			now = commit{id: field, message: message}
		default:
			return errShape
		}
	}
}

// nextField reads up to the next NUL. The end after an unfinished field is an
// unexpected one, but git writes no NUL after its last newline.
func nextField(in *bufio.Reader) (string, error) {
	var b []byte
	for {
		part, err := in.ReadSlice(0)
		b = append(b, part...)
		switch {
		case err == bufio.ErrBufferFull && len(b) <= maxMessage:
			continue
		case err == bufio.ErrBufferFull:
			return "", errors.New("a commit's message is longer than 1 MB")
		case err == io.EOF && len(strings.TrimSpace(string(b))) > 0:
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		}
		return string(b[:len(b)-1]), nil
	}
}

// parseRaw reads ":modes ids status" with one colon for each parent.
func parseRaw(line, path string) (version, bool) {
	body := strings.TrimLeft(line, ":")
	parents := len(line) - len(body)
	part := strings.Fields(body)
	if len(part) != 2*parents+3 || path == "" {
		return version{}, false
	}
	v := version{path: path}
	for i, id := range part[parents+1 : 2*parents+1] {
		if !isID(id) {
			return version{}, false
		}
		if plain(part[i]) && strings.Trim(id, "0") != "" {
			v.old = append(v.old, id)
		}
	}
	mode, id := part[parents], part[2*parents+1]
	if !isID(id) {
		return version{}, false
	}
	if plain(mode) && strings.Trim(id, "0") != "" {
		v.new = id
	}
	return v, true
}

// plain reports whether a mode is that of a file or link: not of a folder or
// of another repository.
func plain(mode string) bool { return strings.HasPrefix(mode, "100") || mode == "120000" }

func isID(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil
}
