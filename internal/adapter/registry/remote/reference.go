package remote

import (
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/paddock-dev/paddock/internal/core"
)

// Reference names an artifact in some registry: by digest, or by a tag.
type Reference struct {
	Host       string // with its port
	Repository string // host and path
	Tag        string // empty with a digest
	Digest     string // sha256:...
}

// ParseReference reads host/repository@sha256:... or host/repository:tag. The
// host must be written out: nothing is guessed. Errors: Invalid.
func ParseReference(text string) (Reference, error) {
	bad := func(err error) (Reference, error) {
		return Reference{}, (&core.Error{Code: core.Invalid, Msg: fmt.Sprintf("%.200q does not name an artifact in a registry.", text), Err: err}).
			Hinted("Write host, repository and digest, such as registry.example/acme/payroll@sha256:...")
	}
	if len(text) > 500 || strings.Contains(text, "://") || strings.Count(text, "@") > 1 || strings.Contains(text, "/.") {
		return bad(nil)
	}
	ref, err := name.ParseReference(text, name.StrictValidation)
	if err != nil {
		return bad(err)
	}
	host := ref.Context().RegistryStr()
	if !strings.HasPrefix(text, host+"/") { // a registry that was left out
		return bad(nil)
	}
	out := Reference{Host: host, Repository: ref.Context().Name()}
	switch r := ref.(type) {
	case name.Digest:
		out.Digest = r.DigestStr()
		if before, _, _ := strings.Cut(text, "@"); before != out.Repository || !strings.HasPrefix(out.Digest, "sha256:") {
			return bad(nil) // a tag beside a digest says two things
		}
	case name.Tag:
		out.Tag = r.TagStr()
	}
	return out, nil
}
