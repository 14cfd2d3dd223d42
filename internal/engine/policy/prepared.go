package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/paddock-dev/paddock/internal/core"
)

// Prepared is an input that is written but for its time and workload. It never
// changes and is safe for concurrent use.
type Prepared struct {
	start, middle, end []byte
	sum                [sha256.Size]byte
}

// Sum is equal for equal facts.
func (p *Prepared) Sum() [sha256.Size]byte { return p.sum }

// Prepare writes the facts of in for many workloads. Its Now and Workload do not
// count.
func Prepare(in Input) (*Prepared, error) {
	in.Now, in.Workload = "", Workload{}
	doc, err := in.MarshalJSON()
	if err != nil {
		return nil, core.Hidden("Writing the facts for decisions", err)
	}
	none, err := Workload{}.json()
	if err != nil {
		return nil, err
	}
	start, rest, ok := bytes.Cut(doc, []byte(`"now":""`))
	key := append([]byte(`"workload":`), none...) // within a text the quotes would be escaped
	at := bytes.LastIndex(rest, key)
	if !ok || at < 0 {
		return nil, core.Hidden("Writing the facts for decisions", errors.New("policy: an input has no time or no workload"))
	}
	return &Prepared{start: start, middle: rest[:at], end: rest[at+len(key):], sum: sha256.Sum256(doc)}, nil
}

// Canonical returns what Input.Canonical returns for the facts with this time
// and workload.
func (p *Prepared) Canonical(now string, w Workload) (doc []byte, digest string, err error) {
	if doc, err = p.Append(nil, now, w); err != nil {
		return nil, "", err
	}
	if len(doc) > MaxInput {
		return nil, "", core.Errorf(core.TooLarge, "The facts for this decision are %d bytes long; at most %d are allowed.", len(doc), MaxInput)
	}
	sum := sha256.Sum256(doc)
	return doc, "sha256:" + hex.EncodeToString(sum[:]), nil
}

// Append appends the document to b.
func (p *Prepared) Append(b []byte, now string, w Workload) ([]byte, error) {
	moment, err := json.Marshal(now)
	if err != nil {
		return nil, core.Hidden("Writing the time of a decision", err)
	}
	load, err := w.json()
	if err != nil {
		return nil, err
	}
	b = append(append(append(b, p.start...), `"now":`...), moment...)
	b = append(append(append(b, p.middle...), `"workload":`...), load...)
	return append(b, p.end...), nil
}

func (w Workload) json() ([]byte, error) {
	b, err := jsonv2.Marshal(w, written())
	if err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The workload is not JSON.", Err: err}
	}
	return b, nil
}
