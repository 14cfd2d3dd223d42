package apart

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/confined"
)

// maxSaid bounds what the process may say at once, in bytes.
const maxSaid = 64 << 20

// said is what the process says: a question for the merge rules, or how it went.
// As the process may have been taken over by what it read, it speaks JSON, in
// pieces of a stated length.
type said struct {
	Ask        bool             `json:"ask,omitempty"` // what do the merge rules say of Report?
	Report     *core.Report     `json:"report,omitempty"`
	SBOM       []byte           `json:"sbom,omitempty"`
	Descriptor *core.Descriptor `json:"descriptor,omitempty"`
	Error      *confined.Fault  `json:"error,omitempty"`
}

// saying is a report with those parts that JSON leaves out.
func saying(ask bool, r core.Report) said {
	return said{Ask: ask, Report: &r, SBOM: r.SBOM, Descriptor: r.Descriptor}
}

func (s said) report() core.Report {
	r := *s.Report
	r.SBOM, r.Descriptor = s.SBOM, s.Descriptor
	return r
}

// answer is what the merge rules say. Failed stands for an error.
type answer struct {
	Verdicts core.Verdicts
	Revision string
	Failed   bool
}

var errProtocol = errors.New("the process said something that nobody understands")

func speak(w io.Writer, s said) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
	return err
}

func listen(r io.Reader) (said, error) {
	var n [4]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return said{}, err
	}
	size := int64(binary.BigEndian.Uint32(n[:]))
	if size > maxSaid {
		return said{}, fmt.Errorf("%w: %d bytes", errProtocol, size)
	}
	b, err := io.ReadAll(io.LimitReader(r, size))
	if err == nil && int64(len(b)) < size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return said{}, err
	}
	var s said
	if err := json.Unmarshal(b, &s); err != nil || (s.Report == nil) == (s.Error == nil) {
		return s, errors.Join(errProtocol, err)
	}
	return s, nil
}
