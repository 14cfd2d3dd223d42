package egress

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// minRedacted is the shortest value looked for in bodies: anything shorter
// would blot out innocent text.
const minRedacted = 6

// redactor hides a credential, in its usual spellings, in what a vendor
// sends back. The zero value hides nothing.
type redactor struct{ forms [][]byte }

func newRedactor(s core.Secret, prefix string) redactor {
	raw := s.Open()
	forms := [][]byte{raw, []byte(base64.StdEncoding.EncodeToString(raw)), []byte(base64.RawStdEncoding.EncodeToString(raw)),
		[]byte(base64.URLEncoding.EncodeToString(raw)), []byte(url.QueryEscape(string(raw))), []byte(url.PathEscape(string(raw)))}
	if quoted, err := json.Marshal(string(raw)); err == nil {
		forms = append(forms, quoted[1:len(quoted)-1])
	}
	if strings.HasPrefix(strings.ToLower(prefix), "basic") {
		if plain, err := base64.StdEncoding.DecodeString(string(raw)); err == nil {
			forms = append(forms, plain)
		}
	}
	return redactor{forms}
}

// header hides the credential in all values.
func (r redactor) header(h http.Header) {
	for _, values := range h {
		for i, v := range values {
			for _, f := range r.forms {
				if len(f) > 0 {
					v = strings.ReplaceAll(v, string(f), "[redacted]")
				}
			}
			values[i] = v
		}
	}
}

// body hides the credential in a stream; the length stays the same.
func (r redactor) body(src io.Reader) io.Reader {
	out := &redacting{src: src}
	for _, f := range r.forms {
		if len(f) >= minRedacted {
			out.forms = append(out.forms, f)
			out.hold = max(out.hold, len(f)-1)
		}
	}
	if len(out.forms) == 0 {
		return src
	}
	return out
}

// redacting holds back as many bytes as the longest form less one, so that a
// credential cut by two reads is still seen whole.
type redacting struct {
	src   io.Reader
	forms [][]byte
	hold  int
	buf   []byte // read, looked through, not handed out yet
	err   error
}

func (r *redacting) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.buf) <= r.hold && r.err == nil {
		part := make([]byte, chunk)
		n, err := r.src.Read(part)
		r.buf = append(r.buf, part[:n]...)
		r.err = err
		for _, f := range r.forms {
			blot(r.buf, f)
		}
	}
	ready := len(r.buf)
	if r.err == nil {
		ready -= r.hold
	}
	if ready == 0 {
		return 0, r.err
	}
	n := copy(p, r.buf[:ready])
	r.buf = r.buf[n:]
	return n, nil
}

func blot(text, form []byte) {
	for at := 0; ; {
		i := bytes.Index(text[at:], form)
		if i < 0 {
			return
		}
		for j := range form {
			text[at+i+j] = '*'
		}
		at += i + len(form)
	}
}
