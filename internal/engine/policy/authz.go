package policy

import (
	"context"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/schema"
)

// Authz names the rules that can refuse an act which the table of rights allows:
// the package data.paddock.authz, with the set deny alone. It is no gate: nothing
// is approved there, and what the table refuses stays refused.
const Authz core.Gate = "authz"

// Authority is what those rules see as input. Every key is always there.
type Authority struct {
	Now         string       `json:"now" doc:"The moment, RFC 3339 in UTC."`
	Weekday     string       `json:"weekday" doc:"In the organisation's time zone: monday to sunday."`
	Hour        int          `json:"hour" doc:"In the organisation's time zone: 0 to 23."`
	Permission  string       `json:"permission" doc:"What the actor wants to do, such as app.deploy: see the table of permissions."`
	Door        string       `json:"door" doc:"Where the request came in: web, api or git."`
	Environment string       `json:"environment" doc:"The target that the act is about; empty for none."`
	Grant       bool         `json:"grant" doc:"The actor has no standing right to it, but access for a while."`
	Actor       Officer      `json:"actor" doc:"Who wants to act."`
	App         App          `json:"app" doc:"The app that the act is about: its microapp.yaml."`
	Limits      AccessLimits `json:"limits" doc:"What paddock.yaml says under access, such as the hours of work."`
}

// Officer is who wants to act, as these rules see them.
type Officer struct {
	Email  string      `json:"email" doc:"E-mail of the person, or of who answers for the pipeline."`
	Kind   string      `json:"kind" doc:"person, or service (a pipeline)."`
	Roles  []core.Role `json:"roles" doc:"The roles that the person holds."`
	Groups []string    `json:"groups" doc:"The groups that sign-in providers put the person in, as PROVIDER/GROUP."`
	Owns   bool        `json:"owns" doc:"The person is the app's owner or one of its co-owners."`
}

// At fills in the moment, in the organisation's time zone.
func (in *Authority) At(now time.Time, zone *time.Location) {
	local := now.In(zone)
	in.Now, in.Weekday, in.Hour = now.UTC().Format(time.RFC3339), strings.ToLower(local.Weekday().String()), local.Hour()
}

// authoritySchema is the JSON Schema of Authority.
func authoritySchema() map[string]any {
	return schema.Of(Authority{}, schema.Options{ID: "https://paddock.dev/schema/gate-authz.json", Title: "Input of the rules that refuse acts", Tag: "json", AllRequired: true,
		Doc: "What the package paddock.authz is given. Every key is always there; what is not known is empty."})
}

// Bars reports whether any rule can refuse acts. Where none can, there is nothing
// to ask.
func (s *Set) Bars() bool { return s.bars }

// Refuses returns why the rules refuse an act that the table of rights allows;
// none lets it through. It has the time and the memory of a gate, and remembers
// answers as gates do. A rule that fails, or takes too long, refuses. Errors: those
// of Answer; the caller must then not act.
func (s *Set) Refuses(ctx context.Context, in Authority) ([]core.Reason, error) {
	if !s.bars {
		return nil, nil
	}
	doc, err := jsonv2.Marshal(in, written())
	if err != nil {
		return nil, core.Hidden("Writing the facts for a rule", err)
	}
	a, err := s.Answer(ctx, Authz, doc)
	return a.Verdicts.Deny, err
}

// onlyRefuses finds rules in the package that are answers of gates: they would do
// nothing there, and allow must not seem to give a right.
func onlyRefuses(m *ast.Module) []*core.Error {
	var out []*core.Error
	for _, r := range m.Rules {
		switch name := r.Head.Ref()[0].Value.String(); {
		case name == "allow" || name == "warn" || name == "approve":
			out = append(out, core.Errorf(core.Invalid, "The rule %q does nothing in the package paddock.authz: it can only refuse.", name).Hinted("Write deny contains {...}. Rights stand in the table of permissions.").At(place(r.Location)))
		case name == "deny" && r.Head.RuleKind() != ast.MultiValue:
			out = append(out, core.Errorf(core.Invalid, "The rule deny of the package paddock.authz is no set.").Hinted("Write deny contains {\"code\": ..., \"message\": ...} if ...").At(place(r.Location)))
		}
	}
	return append(out, answerFaults(m)...)
}
