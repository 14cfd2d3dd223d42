package policy

import (
	"encoding/json"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// What became of a denial that is not enforced, as core.Fired says it.
const (
	becameNothing = "off"
	becameWarning = "warn"
	becameHalted  = "halted"
	becameExempt  = BecameExempt
)

// BecameExempt is what core.Fired says of a denial that an exemption has turned
// into a warning.
const BecameExempt = "exempt"

// settle turns what the rules say into what holds for the app in question: by
// how far each rule is rolled out, and by the exemptions. What was said is
// shared, so it is never changed in place.
func (s *Set) settle(said said, doc []byte) (core.Verdicts, []core.Fired, error) {
	if len(said.verdicts.Deny) == 0 || len(s.rollout)+len(s.exemptions) == 0 {
		return said.verdicts, said.fired, nil
	}
	app, err := SubjectOf(doc)
	if err != nil {
		return core.Verdicts{}, nil, err
	}
	out, became := said.verdicts, map[string]string{}
	out.Deny = make([]core.Reason, 0, len(said.verdicts.Deny))
	out.Warn = said.verdicts.Warn[:len(said.verdicts.Warn):len(said.verdicts.Warn)]
	for _, d := range said.verdicts.Deny {
		how, exemption := s.outcome(d.Code, app)
		became[d.Code] = how
		switch how {
		case "":
			out.Deny = append(out.Deny, d)
		case becameExempt:
			d.Message += " " + exemption.Says()
			out.Warn = append(out.Warn, d)
		case becameWarning, becameHalted:
			out.Warn = append(out.Warn, d)
		}
	}
	if len(out.Deny) == len(said.verdicts.Deny) {
		return said.verdicts, said.fired, nil
	}
	out.Warn = sorted(out.Warn)
	return out, marked(said.fired, became), nil
}

// outcome says what becomes of a denial: "" when it is enforced.
func (s *Set) outcome(code string, app Subject) (string, Exemption) {
	switch s.rollout.StageOf(code, app) {
	case Off:
		return becameNothing, Exemption{}
	case Warn:
		if s.rollout[code].Halted {
			return becameHalted, Exemption{}
		}
		return becameWarning, Exemption{}
	}
	if code != policyFailed {
		for _, e := range s.exemptions {
			if e.holds(code, app) {
				return becameExempt, e
			}
		}
	}
	return "", Exemption{}
}

// marked notes at each rule that fired what became of its denial.
func marked(fired []core.Fired, became map[string]string) []core.Fired {
	out := make([]core.Fired, len(fired))
	for i, f := range fired {
		if f.Answer == "deny" {
			f.Became = became[f.Code]
		}
		out[i] = f
	}
	return out
}

// SubjectOf reads from a gate's input what rollouts and exemptions look at. A
// time that is none gives no day, and then no exemption holds.
func SubjectOf(doc []byte) (Subject, error) {
	var in struct {
		Now any `json:"now"`
		App any `json:"app"`
	}
	if err := json.Unmarshal(doc, &in); err != nil {
		return Subject{}, &core.Error{Code: core.Unreadable, Msg: "The input is not JSON.", Err: err}
	}
	app, _ := in.App.(map[string]any)
	s := Subject{App: word(app["name"]), Owner: word(app["owner"]), Classification: word(app["classification"])}
	co, _ := app["co_owners"].([]any)
	for _, c := range co {
		s.CoOwners = append(s.CoOwners, word(c))
	}
	if at, err := time.Parse(time.RFC3339, word(in.Now)); err == nil {
		s.Day = at.UTC().Format(time.DateOnly)
	}
	return s, nil
}

func word(v any) string {
	s, _ := v.(string)
	return s
}
