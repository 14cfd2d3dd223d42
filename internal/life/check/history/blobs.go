package history

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// beginning is how much is read of a content that is too large: enough to tell
// text from anything else.
const beginning = 8000

// blobs reads the contents of ids in their order, through one git process. Of
// a content above max bytes only the beginning comes, with its size. They are read
// into what room returns.
func (r *repository) blobs(ctx context.Context, ids []string, max int64, room func(int) []byte, each func(i int, size int64, content []byte) error) error {
	if len(ids) == 0 {
		return nil
	}
	return r.run(ctx, strings.NewReader(strings.Join(ids, "\n")+"\n"), func(out io.Reader) error {
		in := bufio.NewReaderSize(out, 64<<10) // what is larger is read past it
		for i := range ids {
			size, err := blobHeader(in, ids[i])
			if err != nil {
				return err
			}
			whole := size
			if size > max {
				whole = beginning
			}
			content := room(int(whole))
			if _, err = io.ReadFull(in, content); err == nil {
				_, err = io.CopyN(io.Discard, in, size-int64(len(content)))
			}
			if err != nil {
				return io.ErrUnexpectedEOF
			}
			if b, err := in.ReadByte(); err != nil || b != '\n' {
				return errShape
			}
			if err := each(i, size, content); err != nil {
				return err
			}
		}
		return nil
	}, "cat-file", "--batch", "--buffer")
}

// blobHeader reads "<id> blob <size>".
func blobHeader(in *bufio.Reader, id string) (int64, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	part := strings.Fields(string(line))
	if len(part) == 2 && part[1] == "missing" {
		return 0, fmt.Errorf("the object %s is missing", id)
	}
	if len(part) != 3 || part[1] != "blob" || part[0] != id {
		return 0, errShape
	}
	size, err := strconv.ParseInt(part[2], 10, 64)
	if err != nil || size < 0 {
		return 0, errShape
	}
	return size, nil
}
