package admission

import (
	"bytes"
	"fmt"
	"regexp"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/admit"
)

// What is read of a review.
const (
	maxBody  = 3 << 20 // bytes; the API server takes no larger objects
	maxDepth = 100     // objects and lists in one another
)

const (
	apiVersion = "admission.k8s.io/v1"
	kind       = "AdmissionReview"
)

// review is an AdmissionReview, as far as it is read.
type review struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Request    *request `json:"request"`
}

type request struct {
	UID  string `json:"uid"`
	Kind struct {
		Group   string `json:"group"`
		Version string `json:"version"`
		Kind    string `json:"kind"`
	} `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Operation string `json:"operation"`
	UserInfo  struct {
		Username string `json:"username"`
	} `json:"userInfo"`
	DryRun bool          `json:"dryRun"`
	Object *admit.Object `json:"object"`
}

var uidForm = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// decode reads a review strictly: one document, no key twice, of this kind and
// version, with a uid. Errors: Unreadable and TooLarge, for people.
func decode(body []byte) (*request, error) {
	if len(body) > maxBody {
		return nil, tooLarge()
	}
	if tooDeep(body) {
		return nil, core.Errorf(core.Unreadable, "The review has more than %d objects in one another.", maxDepth).Hinted("No workload needs that. Look at what was sent.")
	}
	var r review
	if err := jsonv2.Unmarshal(body, &r); err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The review cannot be read: " + cause(err) + ".", Err: err, Hint: "Send one AdmissionReview as the API server writes it: no key twice, and each value of its type."}
	}
	switch {
	case r.Kind != kind || r.APIVersion != apiVersion:
		return nil, core.Errorf(core.Unreadable, "This is a %q of %q, not an AdmissionReview of %s.", clip(r.Kind), clip(r.APIVersion), apiVersion).
			Hinted("Set admissionReviewVersions to [v1] in the ValidatingWebhookConfiguration.")
	case r.Request == nil:
		return nil, core.Errorf(core.Unreadable, "The review has no request.").Hinted("Send what an API server sends.")
	case !uidForm.MatchString(r.Request.UID):
		return nil, core.Errorf(core.Unreadable, "The request's uid %q is not one of Kubernetes.", clip(r.Request.UID)).Hinted("Send what an API server sends.")
	case r.Request.Kind.Kind == "":
		return nil, core.Errorf(core.Unreadable, "The request does not say what kind of object it is about.").Hinted("Send what an API server sends.")
	}
	return r.Request, r.Request.check()
}

func (r *request) check() error {
	switch r.Operation {
	case "CREATE", "UPDATE":
		if r.Object == nil {
			return core.Errorf(core.Unreadable, "The request to %s has no object.", r.Operation).Hinted("Send what an API server sends.")
		}
	case "DELETE", "CONNECT":
	default:
		return core.Errorf(core.Unreadable, "The request has the unknown operation %q.", clip(r.Operation)).Hinted("Use CREATE and UPDATE in the ValidatingWebhookConfiguration.")
	}
	return nil
}

// version is the kind's API version, as objects write it.
func (r *request) version() string {
	if r.Kind.Group == "" {
		return r.Kind.Version
	}
	return r.Kind.Group + "/" + r.Kind.Version
}

// objectIn returns the bytes of request.object in a review that decode has read.
func objectIn(body []byte) []byte {
	var r struct {
		Request struct {
			Object jsontext.Value `json:"object"`
		} `json:"request"`
	}
	if err := jsonv2.Unmarshal(body, &r); err != nil {
		return nil // decode has read it before
	}
	return r.Request.Object
}

// tooDeep reports whether values stand in one another more than maxDepth times.
// It looks at brackets outside of texts only, before anything is built.
func tooDeep(body []byte) bool {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i += textEnd(body[i+1:])
		case '{', '[':
			if depth++; depth > maxDepth {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

// textEnd returns how many bytes of rest belong to a text that has begun, with
// its closing quote.
func textEnd(rest []byte) int {
	for n := 0; ; {
		at := bytes.IndexByte(rest[n:], '"')
		if at < 0 {
			return len(rest)
		}
		end, slashes := n+at, 0
		for end-1-slashes >= 0 && rest[end-1-slashes] == '\\' {
			slashes++
		}
		if n = end + 1; slashes%2 == 0 {
			return n
		}
	}
}

func tooLarge() error {
	return core.Errorf(core.TooLarge, "The review is larger than %d MiB.", maxBody>>20).Hinted("Make the object smaller.")
}

// cause says what is wrong without what was sent.
func cause(err error) string {
	text := err.Error()
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return fmt.Sprintf("%q", text)
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
