package identity

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// SealedLife is how long the session lasts that a sealed code opens. Nothing
// prolongs it.
const SealedLife = time.Hour

const (
	sealedPrefix = "PDKBG-"
	mostSealed   = 10
	leastReason  = 10
	mostReason   = 1000
)

// sealedLetters are those of Crockford: none looks like another.
const sealedLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// SealedStore keeps codes for the day when nobody can sign in.
type SealedStore interface {
	AddSealedCode(ctx context.Context, c core.SealedCode) error
	EndSealed(ctx context.Context, person core.ID, now int64) (int64, error)
	// SealedByHash returns a code. Errors: NotFound.
	SealedByHash(ctx context.Context, hash string) (core.SealedCode, error)
	TakeSealed(ctx context.Context, c core.SealedCode) (ok bool, err error)
	SealedCodes(ctx context.Context) ([]core.SealedCode, error)
	OpenSealed(ctx context.Context, now int64) ([]core.SealedCode, error)
	// ReviewSealed keeps a review. Errors: Conflict if none is due.
	ReviewSealed(ctx context.Context, id, reviewer core.ID, note string, now int64) error
}

// Seal makes n codes for a person of the platform team, in place of those of the
// same person that were not used. The values are returned this once.
// Errors: Invalid, Conflict for somebody who is off or not of the platform team.
func (s *Service) Seal(ctx context.Context, by core.Actor, person core.ID, n int) ([]core.Secret, error) {
	if n < 1 || n > mostSealed {
		return nil, core.Errorf(core.Invalid, "%d codes cannot be sealed.", n).At("count").Hinted("Choose 1 to %d.", mostSealed)
	}
	var values []core.Secret
	err := s.store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, person)
		if err != nil {
			return err
		}
		if p.Disabled || !p.Has(core.RolePlatform) {
			return core.Errorf(core.Conflict, "%s is not of the platform team.", p.Email).Hinted("A sealed code gives nobody a right: choose somebody with the role platform.")
		}
		replaced, err := s.store.EndSealed(ctx, p.ID, s.now())
		if err != nil {
			return err
		}
		values = nil
		for range n {
			value, c, err := s.freshSealed(p.ID, by.Name)
			if err != nil {
				return err
			}
			if err := s.store.AddSealedCode(ctx, c); err != nil {
				return err
			}
			values = append(values, value)
		}
		return s.audit.Append(ctx, core.Event{Action: "emergency.seal", Actor: by, Target: string(p.ID), Code: "ok",
			Data: map[string]string{"codes": fmt.Sprint(n), "replaced": fmt.Sprint(replaced)}})
	})
	return values, err
}

func (s *Service) freshSealed(person core.ID, by string) (core.Secret, core.SealedCode, error) {
	raw := make([]byte, 20)
	if _, err := io.ReadFull(s.rand, raw); err != nil {
		return core.Secret{}, core.SealedCode{}, core.Hidden("Sealing a code", err)
	}
	letters := base32.NewEncoding(sealedLetters).WithPadding(base32.NoPadding).EncodeToString(raw)[:30] // 150 bits
	groups := make([]string, 0, 6)
	for i := 0; i < len(letters); i += 5 {
		groups = append(groups, letters[i:i+5])
	}
	now := s.clock.Now()
	value := core.NewSecret([]byte(sealedPrefix + strings.Join(groups, "-")))
	return value, core.SealedCode{ID: s.ids.New(now), Hash: hashOf(value), Person: person, Sealed: core.Stamp(now), By: by}, nil
}

// Glass is how somebody comes in by a sealed code.
type Glass struct {
	Code    core.Secret
	Reason  string
	Skipped string // the normal way in that is skipped, in words
	From    string // an address
}

// BreakGlass uses a sealed code up and starts a session of its holder, which lasts
// SealedLife. It has the rights that the person has, no more; it counts as no fresh
// sign-in, so it answers nothing that needs one. Everybody with the role platform,
// security or auditor is told in the same transaction.
// A code that opens nothing is an event too.
// Errors: Invalid for a reason that says nothing, Unauthorized for the code.
func (s *Service) BreakGlass(ctx context.Context, g Glass, tell Teller) (core.Secret, error) {
	reason := strings.TrimSpace(g.Reason)
	if n := utf8.RuneCountInString(reason); n < leastReason || n > mostReason || !utf8.ValidString(reason) {
		return core.Secret{}, core.Errorf(core.Invalid, "The reason has %d letters.", n).At("reason").Hinted("Say in %d to %d letters why nobody can sign in as usual.", leastReason, mostReason)
	}
	var session core.Secret
	var shown core.SealedCode
	err := s.store.InTx(ctx, func(ctx context.Context) error {
		p, c, err := s.sealedHolder(ctx, g.Code)
		if shown = c; err != nil {
			return err
		}
		c.Used, c.Until, c.Reason, c.Skipped, c.From = s.now(), s.now()+SealedLife.Microseconds(), reason, g.Skipped, Network(g.From)
		ok, err := s.store.TakeSealed(ctx, c)
		if err == nil && !ok {
			err = refusedSealed()
		}
		if err != nil {
			return err
		}
		short := *s
		short.limits.Life = min(s.limits.Life, SealedLife)
		if session, err = short.startSession(ctx, p, core.Credential{Name: "break-glass"}); err != nil {
			return err
		}
		if err := s.tellOfGlass(ctx, p, c, tell); err != nil {
			return err
		}
		return s.audit.Append(ctx, core.Event{Action: "emergency.open", Actor: ActorOf(p, s.door), Target: string(c.ID), Code: "ok",
			Data: map[string]string{"priority": "high", "reason": reason, "skipped": c.Skipped, "from": c.From, "until": core.Moment(c.Until).Format(time.RFC3339)}})
	})
	if core.CodeOf(err) == core.Unauthorized {
		err = errors.Join(err, s.logRefused(ctx, shown, g.From))
	}
	return session, err
}

// logRefused writes that a code opened nothing. One that is known, but used up or
// replaced, is named: somebody holds an old envelope.
func (s *Service) logRefused(ctx context.Context, c core.SealedCode, from string) error {
	e := core.Event{Action: "emergency.refuse", Actor: core.System("sign-in"), Target: "an unknown code", Code: string(core.Unauthorized), Data: map[string]string{"priority": "high", "from": Network(from)}}
	if c.ID != "" {
		e.Target = string(c.ID)
	}
	return s.store.InTx(ctx, func(ctx context.Context) error { return s.audit.Append(ctx, e) })
}

func (s *Service) sealedHolder(ctx context.Context, code core.Secret) (core.Person, core.SealedCode, error) {
	typed := strings.ToUpper(strings.Join(strings.Fields(string(code.Open())), ""))
	c, err := s.store.SealedByHash(ctx, hashOf(core.NewSecret([]byte(typed))))
	if core.CodeOf(err) == core.NotFound {
		c, err = core.SealedCode{Person: unknownPerson, Ended: 1}, nil
	}
	if err != nil {
		return core.Person{}, c, err
	}
	p, err := s.store.Person(ctx, c.Person)
	if core.CodeOf(err) == core.NotFound || err == nil && (!c.InForce() || p.Disabled || !p.Has(core.RolePlatform)) {
		err = refusedSealed()
	}
	return p, c, err
}

func refusedSealed() error {
	return core.Errorf(core.Unauthorized, "This code opens nothing.").At("code").Hinted("It is mistyped, used up, replaced, or its holder is not of the platform team any more.")
}

func (s *Service) tellOfGlass(ctx context.Context, who core.Person, c core.SealedCode, tell Teller) error {
	people, err := s.store.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Disabled || !p.Has(core.RolePlatform, core.RoleSecurity, core.RoleAuditor) {
			continue
		}
		body := fmt.Sprintf("Skipped: %s. Reason: %s. The session ends at %s UTC.", c.Skipped, c.Reason, core.Moment(c.Until).Format("15:04"))
		if p.Has(core.RoleSecurity) && p.ID != who.ID {
			body += " Please review afterwards what was done, and say so on the page."
		}
		err := tell.Tell(ctx, core.Notice{Person: p.ID, Key: "break-glass:" + string(c.ID), Title: "Emergency access: " + who.Email + " came in by a sealed code", Body: body, Link: "/break-glass"})
		if err != nil {
			return err
		}
	}
	return nil
}

// SealedCodes lists the codes in force and the uses, first those that wait for a review.
func (s *Service) SealedCodes(ctx context.Context) ([]core.SealedCode, error) {
	return s.store.SealedCodes(ctx)
}

// GlassOpen lists the uses whose session could still be open.
func (s *Service) GlassOpen(ctx context.Context) ([]core.SealedCode, error) {
	return s.store.OpenSealed(ctx, s.now())
}

// ReviewGlass takes what somebody of security found when they looked at a use;
// never its own person. Errors: Invalid without a note, Forbidden, NotFound, Conflict.
func (s *Service) ReviewGlass(ctx context.Context, who core.Person, id core.ID, note string) error {
	note = strings.TrimSpace(note)
	if n := utf8.RuneCountInString(note); n == 0 || n > mostReason || !utf8.ValidString(note) {
		return core.Errorf(core.Invalid, "The note has %d letters.", n).At("note").Hinted("Write what you looked at and what you found, in at most %d letters.", mostReason)
	}
	return s.store.InTx(ctx, func(ctx context.Context) error {
		all, err := s.store.SealedCodes(ctx)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.ID != id {
				continue
			}
			if !who.Has(core.RoleSecurity) || c.Person == who.ID {
				return core.Errorf(core.Forbidden, "You may not review this use.").Hinted("Somebody else with the role security does.")
			}
			if err := s.store.ReviewSealed(ctx, id, who.ID, note, s.now()); err != nil {
				return err
			}
			return s.audit.Append(ctx, core.Event{Action: "emergency.review", Actor: ActorOf(who, s.door), Target: string(id), Code: "ok", Data: map[string]string{"note": note}})
		}
		return core.Errorf(core.NotFound, "There is no sealed code with the id %q.", id)
	})
}
