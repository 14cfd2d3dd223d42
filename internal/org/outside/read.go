package outside

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// The bounds of one upload. OPA sends pieces of 32 KiB unless it is told otherwise.
const (
	MaxUpload  = 2 << 20  // bytes as they are sent
	maxPlain   = 32 << 20 // bytes of JSON
	maxRecords = 5000
	maxDepth   = 64
	maxName    = 256 // bytes of a name
	maxMasked  = 100
)

// Record is one decision in OPA's log, as far as we look at it.
type Record struct {
	Labels     map[string]string `json:"labels"`
	DecisionID string            `json:"decision_id"`
	Revision   string            `json:"revision"` // of OPA before it had several bundles
	Bundles    map[string]struct {
		Revision string `json:"revision"`
	} `json:"bundles"`
	Path      string          `json:"path"`
	Query     string          `json:"query"`
	Input     json.RawMessage `json:"input"`
	Result    json.RawMessage `json:"result"`
	Erased    []string        `json:"erased"`
	Masked    []string        `json:"masked"`
	Error     json.RawMessage `json:"error"`
	Timestamp time.Time       `json:"timestamp"`
}

// Read reads an upload: a JSON list, compressed or plain. Errors: TooLarge,
// Unreadable, and Invalid for a record without a name or a time.
func Read(body []byte, compressed bool) ([]Record, error) {
	if len(body) > MaxUpload {
		return nil, core.Errorf(core.TooLarge, "The decision log is %d bytes long; at most %d are read.", len(body), MaxUpload).Hinted("Set decision_logs.reporting.upload_size_limit_bytes.")
	}
	if compressed {
		var err error
		if body, err = unpack(body); err != nil {
			return nil, err
		}
	}
	if depth(body) > maxDepth {
		return nil, core.Errorf(core.TooLarge, "The decision log is nested deeper than %d.", maxDepth)
	}
	return records(body)
}

func unpack(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	var plain []byte
	if err == nil {
		plain, err = io.ReadAll(io.LimitReader(z, maxPlain+1))
	}
	if err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The decision log is not compressed as it says.", Hint: "OPA sends it with gzip.", Err: err}
	}
	if len(plain) > maxPlain {
		return nil, core.Errorf(core.TooLarge, "The decision log has more than %d bytes when it is unpacked.", maxPlain)
	}
	return plain, nil
}

// records reads the list one by one, so that a long one ends early.
func records(body []byte) ([]Record, error) {
	unreadable := func(err error) error {
		return &core.Error{Code: core.Unreadable, Msg: "The decision log is not a JSON list of decisions.", Err: err}
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return nil, unreadable(err)
	}
	var out []Record
	for dec.More() {
		var r Record
		if err := dec.Decode(&r); err != nil {
			return nil, unreadable(err)
		}
		if err := r.check(); err != nil {
			return nil, core.AsError(err).At(fmt.Sprintf("%d", len(out)))
		}
		if out = append(out, r); len(out) > maxRecords {
			return nil, core.Errorf(core.TooLarge, "The decision log has more than %d decisions.", maxRecords)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, unreadable(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, unreadable(err)
	}
	return out, nil
}

func (r Record) check() error {
	switch {
	case r.DecisionID == "" || !named(r.DecisionID):
		return core.Errorf(core.Invalid, "A decision has no decision_id, or one that cannot be kept.")
	case r.Timestamp.IsZero() || r.Timestamp.Year() < 2000 || r.Timestamp.Year() > 9000:
		return core.Errorf(core.Invalid, "The decision %s has no time.", r.DecisionID)
	case len(r.Erased)+len(r.Masked) > maxMasked:
		return core.Errorf(core.TooLarge, "The decision %s lists more than %d masked values.", r.DecisionID, maxMasked)
	}
	return nil
}

// tidy makes a text of somebody else fit to be kept. It is not refused, since OPA
// would send it again for ever.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > maxName {
		s = strings.ToValidUTF8(s[:maxName], "") + "…"
	}
	return s
}

// named reports whether a name can be kept and shown.
func named(s string) bool {
	if len(s) > maxName || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// depth is how deep the JSON is nested, without reading it.
func depth(b []byte) int {
	now, most, text := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '[' || c == '{':
			now++
			most = max(most, now)
		case c == ']' || c == '}':
			now--
		}
	}
	return most
}
