package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// warnBefore is how long before its end the maker of a token is told, if it was
// made to last more than twice as long.
const warnBefore = 7 * 24 * time.Hour

// Teller tells people, once for each key, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Tokens lists a person's access tokens in force, newest first, without values.
func (s *Service) Tokens(ctx context.Context, person core.ID) ([]core.Credential, error) {
	all, err := s.store.Tokens(ctx, person)
	inForce := make([]core.Credential, 0, len(all))
	for _, c := range all {
		if c.InForce(s.now()) {
			inForce = append(inForce, c)
		}
	}
	return inForce, err
}

// AllTokens lists everybody's access tokens in force, by person.
func (s *Service) AllTokens(ctx context.Context) ([]core.Credential, error) {
	return s.store.AllTokens(ctx, s.now())
}

// RevokeToken ends one of the caller's own tokens. Errors: NotFound, also for
// somebody else's.
func (s *Service) RevokeToken(ctx context.Context, who core.Person, id core.ID) error {
	return s.store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.store.TokenByID(ctx, id)
		if core.CodeOf(err) == core.NotFound || err == nil && (c.Person != who.ID || !c.InForce(s.now())) {
			return core.Errorf(core.NotFound, "You have no access token with the id %q.", id).Hinted("Look at the list of your tokens.")
		}
		if err != nil {
			return err
		}
		return s.endToken(ctx, ActorOf(who, s.door), c, nil)
	})
}

// EndToken ends anybody's token, for the platform team, and tells its person.
// Errors: NotFound.
func (s *Service) EndToken(ctx context.Context, actor core.Actor, id core.ID, tell Teller) error {
	return s.store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.store.TokenByID(ctx, id)
		if err == nil && !c.InForce(s.now()) {
			err = core.Errorf(core.NotFound, "The access token %q has ended already.", id)
		}
		if err != nil {
			return err
		}
		if actor.ID == c.Person {
			tell = nil
		}
		return s.endToken(ctx, actor, c, tell)
	})
}

func (s *Service) endToken(ctx context.Context, actor core.Actor, c core.Credential, tell Teller) error {
	if err := s.store.RevokeCredential(ctx, c.ID, s.now()); err != nil {
		return err
	}
	if tell != nil {
		err := tell.Tell(ctx, core.Notice{Person: c.Person, Key: "token.ended:" + string(c.ID), Title: fmt.Sprintf("Your access token %s was ended", c.Name), Link: "/tokens",
			Body: fmt.Sprintf("%s ended it. What used it no longer works. Make a new one if you still need it.", actor.Name)})
		if err != nil {
			return err
		}
	}
	data := map[string]string{"name": c.Name}
	if actor.ID != c.Person {
		data["person"] = string(c.Person)
	}
	return s.audit.Append(ctx, core.Event{Action: "token.revoke", Actor: actor, Target: string(c.ID), Code: "ok", Data: data})
}

// WarnTokens tells the makers of tokens that end within a week, each once.
func (s *Service) WarnTokens(ctx context.Context, tell Teller) error {
	now := s.now()
	ending, err := s.store.EndingTokens(ctx, now, now+warnBefore.Microseconds(), 2*warnBefore.Microseconds())
	if err != nil || len(ending) == 0 {
		return err
	}
	return s.store.Quietly(ctx, func(ctx context.Context) error {
		for _, c := range ending {
			err := tell.Tell(ctx, core.Notice{Person: c.Person, Key: "token.ends:" + string(c.ID), Title: fmt.Sprintf("Your access token %s ends soon", c.Name), Link: "/tokens",
				Body: fmt.Sprintf("It ends on %s. Make a new one before then, and put it where you use the old one.", core.Moment(c.Expires).Format("2 January 2006"))})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
