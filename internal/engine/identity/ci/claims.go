package ci

import (
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// reader takes claims out of an object. The first fault stays.
type reader struct{ o object }

var (
	digits = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)
	commit = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	runID  = regexp.MustCompile(`^[0-9]{1,19}$`)
	// One part of a repository's path, as both forges allow it: plain letters only,
	// so that no look-alike letter can stand in it.
	part = `[A-Za-z0-9_.][A-Za-z0-9_.-]*`
	// A jti: GitHub's and GitLab's are UUIDs.
	goodJTI = regexp.MustCompile(`^[A-Za-z0-9_.:~-]{8,128}$`)
)

// text returns a claim that must be there, as text of a form; nil is any
// printable text.
func (r reader) text(name string, form *regexp.Regexp) (string, *core.Error) {
	kind, there := r.o.kind[name]
	switch v := r.o.text[name]; {
	case !there || kind == 'n' || kind == '"' && v == "":
		return "", refuse(MissingClaim, "The token says nothing of %s.", name)
	case kind != '"':
		return "", refuse(BadClaim, "The claim %s is not text, as its forge writes it.", name)
	case len(v) > maxText:
		return "", refuse(BadClaim, "The claim %s has %d bytes; at most %d are read.", name, len(v), maxText)
	case !printable(v), form != nil && !form.MatchString(v):
		return "", refuse(BadClaim, "The claim %s is %.80q, which its forge cannot have written.", name, v)
	default:
		return v, nil
	}
}

// optional is text for a claim that need not be there.
func (r reader) optional(name string) (string, *core.Error) {
	if kind, there := r.o.kind[name]; !there || kind == 'n' || kind == '"' && r.o.text[name] == "" {
		return "", nil
	}
	return r.text(name, nil)
}

// want is one claim and where it goes.
type want struct {
	name string
	form *regexp.Regexp
	into *string
}

// all reads several claims that must be there.
func (r reader) all(list ...want) *core.Error {
	for _, w := range list {
		v, err := r.text(w.name, w.form)
		if err != nil {
			return err
		}
		*w.into = v
	}
	return nil
}

// ownWorkflow splits the place of a workflow, path@ref, from the repository it is
// in; own is whether that is the run's own.
func ownWorkflow(repository, separator, workflow string) (short string, own bool) {
	rest, own := strings.CutPrefix(workflow, repository+separator)
	if own {
		return rest, true
	}
	return workflow, false
}
