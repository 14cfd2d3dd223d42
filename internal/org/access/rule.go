package access

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Act is what somebody has a right to and wants to do to one app.
type Act struct {
	Who         core.Person
	Door        string
	Permission  authz.Permission
	App         core.App
	Environment string // the target; empty for none
	Grant       bool   // by a grant, not by a right of their own
}

// Ruled returns nil if the organisation's own rules, the package paddock.authz, do
// not refuse an act that the table of rights allows. It is asked after Can and May,
// for acts on one app and for reads of its data, never for looks and lists. Whoever
// is refused is told why, and the log tells it. Errors: Denied with the rule's
// words; Unavailable when the rules cannot be asked: then nothing is done.
func (s *Service) Ruled(ctx context.Context, by core.Actor, a Act) error {
	if s == nil || s.Rules == nil || !authz.Acts(a.Permission) {
		return nil
	}
	grant, _ := authz.Under(ctx)
	a.Grant, a.Door = grant != "", by.Door
	why, err := s.Rules(ctx, a)
	if err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The rules about who may do this cannot be asked.", Hint: "Try again. If it stays so, tell the platform team.", Err: err}
	}
	if len(why) == 0 {
		return nil
	}
	codes := make([]string, len(why))
	refused := &core.Error{Code: core.Denied, Msg: why[0].Message, Hint: why[0].Fix, Field: why[0].Path}
	for i, r := range why {
		codes[i] = r.Code
		if len(why) > 1 {
			refused.Problems = append(refused.Problems, &core.Error{Code: core.Denied, Msg: r.Message, Hint: r.Fix, Field: r.Path})
		}
	}
	data := map[string]string{"permission": string(a.Permission), "rules": strings.Join(codes, " ")}
	if a.Environment != "" {
		data["environment"] = a.Environment
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		return s.Audit.Append(ctx, core.Event{Action: "authz.deny", Actor: by, AppID: a.App.ID, Target: a.App.Name, Code: string(core.Denied), Data: data})
	})
	if err != nil {
		return err
	}
	return refused
}
