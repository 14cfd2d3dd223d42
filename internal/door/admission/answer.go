package admission

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/admit"
)

// What an API server shows of an answer.
const (
	mostReasons  = 20
	mostWarnings = 16
	warningSize  = 250 // bytes; API servers cut longer ones
	messageSize  = 6000
)

// answer is an AdmissionReview with a response.
type answer struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Response   response `json:"response"`
}

type response struct {
	UID         string            `json:"uid"`
	Allowed     bool              `json:"allowed"`
	Status      *status           `json:"status,omitempty"`
	Warnings    []string          `json:"warnings,omitempty"`
	Annotations map[string]string `json:"auditAnnotations,omitempty"`
}

type status struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// Asks says which rules a webhook enforces.
type Asks string

// The webhooks, by the last step of their path.
const (
	Closed Asks = "closed" // rules that must hold, also while Paddock cannot be asked
	Open   Asks = "open"   // the others
	All    Asks = "all"
)

// enforces reports whether a reason is one of the webhook's.
func (a Asks) enforces(d admit.Answer, r core.Reason) bool {
	return a == All || d.OpensFor(r) == (a == Open)
}

// encode writes what the gate said as an answer of one webhook.
func encode(uid string, what string, d admit.Answer, asks Asks) ([]byte, error) {
	out := response{UID: uid, Allowed: true, Annotations: map[string]string{"policy-revision": d.PolicyRevision, "result": string(d.Result)}}
	if d.ID != "" {
		out.Annotations["decision"] = string(d.ID)
	}
	var deny []core.Reason
	for _, r := range d.Verdicts.Deny {
		if asks.enforces(d, r) {
			deny = append(deny, r)
		}
	}
	if asks != Open { // both webhooks are asked about a review; one says what both would
		deny = append(deny, unanswered(d)...)
		for _, r := range d.Verdicts.Warn {
			out.Warnings = append(out.Warnings, sentence(r))
		}
	}
	switch {
	case len(deny) == 0:
	case d.Watching():
		out.Annotations["mode"] = "audit"
		for _, r := range deny {
			out.Warnings = append(out.Warnings, "Paddock would refuse this: "+sentence(r))
		}
	default:
		out.Allowed = false
		out.Status = &status{Code: http.StatusForbidden, Reason: "Forbidden", Message: refusal(what, d, deny)}
	}
	out.Warnings = warnings(out.Warnings)
	return json.Marshal(answer{APIVersion: apiVersion, Kind: kind, Response: out})
}

// unanswered turns approvals that the rules ask for into reasons: nobody can be
// asked while an API server waits.
func unanswered(d admit.Answer) (out []core.Reason) {
	if d.Result != core.Waiting {
		return nil
	}
	for _, n := range d.Verdicts.Approve {
		out = append(out, core.Reason{Code: "needs_approval", Message: fmt.Sprintf("This needs a yes by %s: %s", n.Role, n.Reason),
			Fix: "Deploy the app with Paddock, which asks for it."})
	}
	return out
}

// refusal says what is refused, why, and what to do.
func refusal(what string, d admit.Answer, deny []core.Reason) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Paddock does not allow this %s.", what)
	for i, r := range deny {
		if i == mostReasons {
			fmt.Fprintf(&b, " And %d more.", len(deny)-i)
			break
		}
		fmt.Fprintf(&b, " [%d] %s", i+1, sentence(r))
		if r.Fix != "" {
			fmt.Fprintf(&b, " Fix: %s", strings.TrimSpace(r.Fix))
		}
	}
	text := cut(b.String(), messageSize)
	if d.ID != "" {
		text += fmt.Sprintf(" (decision %s)", d.ID)
	}
	return text
}

// sentence is a reason in one line.
func sentence(r core.Reason) string {
	return strings.Join(strings.Fields(r.Message), " ") + " (" + r.Code + ")"
}

// warnings bounds them as API servers do.
func warnings(list []string) []string {
	if more := len(list) - mostWarnings; more > 0 {
		list = append(list[:mostWarnings:mostWarnings], fmt.Sprintf("And %d more.", more))
	}
	for i := range list {
		list[i] = cut(list[i], warningSize)
	}
	return list
}

// cut shortens a text at the end of a character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-len("…")], "") + "…"
}

// pass is the answer to a review that is none of ours.
func pass(uid string) ([]byte, error) {
	return json.Marshal(answer{APIVersion: apiVersion, Kind: kind, Response: response{UID: uid, Allowed: true}})
}
