package provision

import (
	"context"
	"maps"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
)

// sameWish is for how long the same form is taken for a repetition.
const sameWish = 10 * time.Minute

// taken answers who asks for an app whose name there is: as the first time if
// the same person sends the same form again.
func (s *Service) taken(ctx context.Context, who core.Person, p plan, there core.App) (core.App, error) {
	taken := core.Errorf(core.Conflict, "There is already an app named %q.", there.Name).At("name").Hinted("Choose another name.")
	if s.Clock.Now().Sub(core.Moment(there.Created)) > sameWish || there.State == core.AppFailed {
		return core.App{}, taken
	}
	params, err := s.wish(ctx, there.ID)
	if err != nil {
		return core.App{}, err
	}
	all, err := s.Store.Decisions(ctx, there.ID)
	if err != nil {
		return core.App{}, err
	}
	var newest core.Decision
	mine := false
	for _, d := range all {
		if d.Gate == core.GateAppCreate {
			newest = d
			mine = mine || d.Actor.ID == who.ID && d.Subject == p.digest()
		}
	}
	if !mine || !maps.Equal(params, p.Parameters) {
		return core.App{}, taken
	}
	return there, gate.Refusal(newest)
}
