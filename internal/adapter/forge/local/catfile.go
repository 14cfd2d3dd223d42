package local

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
)

// object is one object as git stores it.
type object struct {
	id   string
	kind string // blob, commit, tag or tree
	size int64
	data []byte // nil when it was larger than the caller wanted to read
}

// errStop ends a command whose answer is not wanted any longer.
var errStop = errors.New("stop")

// objects reads objects by id, in order, through one git process. Trees, and
// objects above max bytes, come without their data. An id that is not in the
// repository ends it with errShape.
func (f *Forge) objects(ctx context.Context, dir string, env []string, ids []string, max int64, each func(object) error) error {
	if len(ids) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, f.limits.PackTime)
	defer cancel()
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := f.stream(ctx, call{dir: dir, env: env, stdin: strings.NewReader(strings.Join(ids, "\n") + "\n"),
			args: []string{"cat-file", "--batch", "--buffer"}}, pw)
		pw.CloseWithError(err)
		done <- err
	}()
	err := readObjects(bufio.NewReaderSize(pr, 64<<10), len(ids), max, each)
	cancelIf(err, cancel)
	pr.CloseWithError(errStop)
	gitErr := <-done
	if err != nil {
		return err
	}
	return gitErr
}

func cancelIf(err error, cancel context.CancelFunc) {
	if err != nil {
		cancel()
	}
}

// readObjects reads n answers of cat-file --batch.
func readObjects(r *bufio.Reader, n int, max int64, each func(object) error) error {
	for range n {
		o, err := readHeader(r)
		if err != nil {
			return err
		}
		if o.kind == "tree" || o.size > max {
			_, err = io.CopyN(io.Discard, r, o.size)
		} else {
			o.data = make([]byte, o.size)
			_, err = io.ReadFull(r, o.data)
		}
		if err != nil {
			return noEOF(err)
		}
		if b, err := r.ReadByte(); err != nil || b != '\n' {
			return errShape
		}
		if err := each(o); err != nil {
			return err
		}
	}
	return nil
}

// readHeader reads "<id> <kind> <size>"; "<id> missing" is errShape.
func readHeader(r *bufio.Reader) (object, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return object{}, noEOF(err)
	}
	part := strings.Split(strings.TrimSuffix(string(line), "\n"), " ")
	if len(part) != 3 {
		return object{}, errShape
	}
	size, err := strconv.ParseInt(part[2], 10, 64)
	if err != nil || size < 0 {
		return object{}, errShape
	}
	return object{id: part[0], kind: part[1], size: size}, nil
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
