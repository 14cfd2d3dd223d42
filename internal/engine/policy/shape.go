package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	policyDenied = "policy_denied"
	policyFailed = "policy_error"
	maxAnswers   = 500  // entries of one set
	maxText      = 2000 // bytes of one text

	// MaxQuorum and MaxWithinHours bound what an approval may ask for.
	MaxQuorum      = 20
	MaxWithinHours = 24 * 365
)

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// readAllow reads the answer of a bound allow rule: true passes, false and
// undefined deny.
func (q *question) readAllow(values []any, out *core.Verdicts) error {
	if len(values) == 1 {
		allowed, ok := values[0].(bool)
		if !ok {
			return fmt.Errorf("%s is not true or false", q.binding.Query)
		}
		if allowed {
			return nil
		}
	}
	out.Deny = append(out.Deny, core.Reason{Code: orText(q.binding.Code, policyDenied), Rule: q.rule, Fix: q.binding.Fix,
		Message: orText(q.binding.Message, "The rule "+q.binding.Query+" does not allow this.")})
	return nil
}

// readEntries reads what a part of a deny, warn or approve set holds. The whole
// set is one value; otherwise each value is an entry.
func (q *question) readEntries(values []any, whole bool, out *partial) error {
	if whole {
		if len(values) != 1 {
			return fmt.Errorf("%s has no value", q.answer)
		}
		list, ok := values[0].([]any)
		if !ok {
			return fmt.Errorf("%s is not a set; write: %s contains {...} if ...", q.answer, q.answer)
		}
		values = list
	}
	if len(values) > maxAnswers {
		return tooMany(q.answer, len(values))
	}
	out.entries = len(values)
	for _, item := range values {
		if err := q.readItem(item, &out.verdicts); err != nil {
			return err
		}
	}
	return nil
}

func tooMany(answer string, n int) error {
	return fmt.Errorf("%s has %d entries; at most %d are read", answer, n, maxAnswers)
}

func (q *question) readItem(item any, out *core.Verdicts) error {
	if q.binding.Query != "" {
		return q.readForeign(item, out)
	}
	if text, ok := item.(string); ok && q.answer != "approve" {
		item = map[string]any{"code": policyDenied, "message": text}
	}
	fields, ok := item.(map[string]any)
	if !ok {
		return fmt.Errorf("an entry of %s is not an object", q.answer)
	}
	if q.answer == "approve" {
		return readNeed(fields, out)
	}
	r, err := readReason(q.answer, fields)
	if err != nil {
		return err
	}
	q.put(r, out)
	return nil
}

func (q *question) put(r core.Reason, out *core.Verdicts) {
	r.Rule = q.rule
	if q.answer == "deny" {
		out.Deny = append(out.Deny, r)
	} else {
		out.Warn = append(out.Warn, r)
	}
}

// readForeign reads an entry as Conftest does: a text, or an object with a msg.
// Of its further keys code, fix and path are taken, where they are text.
func (q *question) readForeign(item any, out *core.Verdicts) error {
	fields, ok := item.(map[string]any)
	if text, isText := item.(string); isText {
		fields, ok = map[string]any{"msg": text}, true
	}
	if !ok {
		return fmt.Errorf("an entry of %s is neither text nor an object", q.binding.Query)
	}
	text := func(key string) string {
		s, _ := fields[key].(string)
		return clip(s)
	}
	if text("msg") == "" {
		return fmt.Errorf("an entry of %s has no msg", q.binding.Query)
	}
	r := core.Reason{Code: orText(q.binding.Code, policyDenied), Message: text("msg"), Fix: orText(text("fix"), q.binding.Fix), Path: text("path")}
	if code := text("code"); codeForm.MatchString(code) {
		r.Code = code
	}
	q.put(r, out)
	return nil
}

func readReason(answer string, fields map[string]any) (core.Reason, error) {
	text, err := texts(answer, fields, "code", "message", "fix", "path")
	if err != nil {
		return core.Reason{}, err
	}
	r := core.Reason{Code: text["code"], Message: text["message"], Fix: text["fix"], Path: text["path"]}
	if !codeForm.MatchString(r.Code) {
		return r, fmt.Errorf("an entry of %s has the code %q; use lower-case letters, digits and _", answer, r.Code)
	}
	if r.Message == "" {
		return r, fmt.Errorf("the entry %s of %s has no message", r.Code, answer)
	}
	return r, nil
}

func readNeed(fields map[string]any, out *core.Verdicts) error {
	terms, rest, err := readTerms(fields)
	if err != nil {
		return err
	}
	text, err := texts("approve", rest, "role", "reason", "certification", "escalate_to", "delegate_role", "quorum", "within_hours", "step_up")
	if err != nil {
		return err
	}
	n := core.Need{Role: core.Role(text["role"]), Reason: text["reason"], Certification: courses(text["certification"]), EscalateTo: text["escalate_to"],
		DelegateRole: core.Role(text["delegate_role"]), Quorum: terms.Quorum, WithinHours: terms.WithinHours, StepUp: terms.StepUp}
	known := append(names(core.Roles), string(core.RoleOwner))
	switch {
	case !n.Role.Approver():
		return fmt.Errorf("approve asks for the role %q, which does not exist. %s", n.Role, core.DidYouMean(string(n.Role), known))
	case n.Reason == "":
		return fmt.Errorf("approve asks for %s without a reason", n.Role)
	case n.DelegateRole != "" && !n.DelegateRole.Valid():
		return fmt.Errorf("approve lets the role %q be a delegate, which does not exist. %s", n.DelegateRole, core.DidYouMean(string(n.DelegateRole), names(core.Roles)))
	case n.EscalateTo != "" && !core.Role(n.EscalateTo).Valid() && !strings.Contains(n.EscalateTo, "@"):
		return fmt.Errorf("approve escalates to %q, which is neither a role nor an e-mail. %s", n.EscalateTo, core.DidYouMean(n.EscalateTo, names(core.Roles)))
	}
	out.Approve = append(out.Approve, n)
	return nil
}

// courses lists names that are parted by blanks in one way: sorted, each once.
func courses(said string) string {
	list := strings.Fields(said)
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// readTerms reads what of a need is no text, and returns the other fields.
func readTerms(fields map[string]any) (n core.Need, rest map[string]any, err error) {
	rest = maps.Clone(fields)
	number := func(key string, most int) (out int) {
		v, there := rest[key]
		if !there || err != nil {
			return 0
		}
		delete(rest, key)
		x, ok := v.(json.Number)
		i, bad := x.Int64()
		if !ok || bad != nil || i < 0 || i > int64(most) {
			err = fmt.Errorf("the %s of an entry of approve is not a whole number from 1 to %d", key, most)
		}
		return int(i)
	}
	if n.Quorum = number("quorum", MaxQuorum); n.Quorum == 1 { // as if it were left out
		n.Quorum = 0
	}
	n.WithinHours = number("within_hours", MaxWithinHours)
	if v, there := rest["step_up"]; there && err == nil {
		delete(rest, "step_up")
		var ok bool
		if n.StepUp, ok = v.(bool); !ok {
			err = fmt.Errorf("the step_up of an entry of approve is not true or false")
		}
	}
	return n, rest, err
}

// texts returns the fields as text and refuses any that is not known or not text.
func texts(answer string, fields map[string]any, known ...string) (map[string]string, error) {
	out := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, key) {
			return nil, fmt.Errorf("an entry of %s has the unknown key %q. %s", answer, key, core.DidYouMean(key, known))
		}
		s, ok := fields[key].(string)
		if !ok {
			return nil, fmt.Errorf("the %s of an entry of %s is not text", key, answer)
		}
		out[key] = clip(s)
	}
	return out, nil
}

func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	s = s[:maxText]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// policyError is the denial that a broken policy turns into.
func policyError(rule string, err error) core.Reason {
	why := clip(strings.Join(strings.Fields(plainCause(err)), " "))
	return core.Reason{Code: policyFailed, Rule: rule, Message: "A policy failed while it ran, so the answer is no. " + why,
		Fix: "Ask the platform team to correct the policy " + rule + "."}
}

// errMemory is the failure of a policy that the watcher ended.
type errMemory struct{}

// Error implements error.
func (errMemory) Error() string { return "It needed too much memory" }

func plainCause(err error) string {
	switch {
	case err == errMemory{}:
		return "It needed too much memory."
	case topdown.IsCancel(err):
		return "It took too long."
	case topdown.IsError(err):
		e := err.(*topdown.Error)
		if e.Location != nil {
			return fmt.Sprintf("At %s: %s.", place((*ast.Location)(e.Location)), e.Message)
		}
		return e.Message + "."
	}
	return err.Error() + "."
}
