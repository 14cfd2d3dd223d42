package directory

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/scim"
)

// User returns a user of a provider. Errors: NotFound.
func (s *Service) User(ctx context.Context, p Provider, id core.ID) (core.Brought, error) {
	b, err := s.Store.Brought(ctx, p.Name, id)
	if core.CodeOf(err) == core.NotFound {
		return b, missing("user", id)
	}
	return b, err
}

// Users lists users of a provider, and how many there are in all.
func (s *Service) Users(ctx context.Context, p Provider, terms []scim.Term, skip, most int) ([]core.Brought, int, error) {
	var f core.BroughtFilter
	var a asked
	for _, t := range terms {
		switch t.Attr {
		case scim.ByID:
			a.text(&f.ID, t.Text)
		case scim.ByUserName:
			a.text(&f.UserName, strings.ToLower(t.Text))
		case scim.ByExternalID:
			a.text(&f.ExternalID, t.Text)
		case scim.ByEmail:
			a.text(&f.Email, strings.ToLower(t.Text))
		case scim.ByActive:
			a.clash = a.clash || f.Active != nil && *f.Active != t.Yes
			f.Active = &t.Yes
		}
	}
	if a.clash {
		return nil, 0, nil
	}
	return s.Store.SearchBrought(ctx, p.Name, f, skip, most)
}

// Read returns what is kept of what a provider says of a user.
func Read(b core.Brought) scim.User {
	var u scim.User
	_ = json.Unmarshal([]byte(b.Body), &u)
	u.Active = b.Active
	return u
}

// put keeps what a provider says now.
func put(b core.Brought, u scim.User, now int64) core.Brought {
	body, _ := json.Marshal(u)
	b.UserName, b.ExternalID, b.Email, b.Active, b.Body, b.Changed = strings.ToLower(u.UserName), u.ExternalID, strings.ToLower(u.Mail()), u.Active, string(body), now
	return b
}

// AddUser takes in a user. Errors: Conflict (uniqueness) for one who is there, or
// whose e-mail is of somebody who left; Invalid for an e-mail that the provider is
// not trusted for; RateLimited while too many are switched off.
func (s *Service) AddUser(ctx context.Context, by core.Actor, p Provider, u scim.User) (core.Brought, error) {
	var out core.Brought
	err := s.act(ctx, by, p, func(ctx context.Context) (err error) {
		email, err := s.email(p, u)
		if err != nil {
			return err
		}
		if err := s.free(ctx, p, u, ""); err != nil {
			return err
		}
		b, isNew, err := s.find(ctx, by, p, u, email)
		if err != nil {
			return err
		}
		now := s.now()
		b = put(b, u, now)
		b.Gone = 0
		if b.ID == "" {
			b.ID, b.Provider, b.Created = s.IDs.New(core.Moment(now)), p.Name, now
			if err := s.Store.AddBrought(ctx, b); err != nil {
				return err
			}
		}
		if b, err = s.settle(ctx, by, p, b, isNew); err != nil {
			return err
		}
		if err := s.Store.UpdateBrought(ctx, b); err != nil {
			return err
		}
		out = b
		return s.record(ctx, "directory.add_user", by, p, b)
	})
	return out, err
}

// ChangeUser changes a user as change says. What changes nothing is no act.
// Errors: NotFound, and those of AddUser.
func (s *Service) ChangeUser(ctx context.Context, by core.Actor, p Provider, id core.ID, change func(scim.User) (scim.User, error)) (core.Brought, error) {
	var out core.Brought
	err := s.act(ctx, by, p, func(ctx context.Context) error {
		b, err := s.User(ctx, p, id)
		if err != nil {
			return err
		}
		was := Read(b)
		u, err := change(was)
		if err != nil {
			return err
		}
		next := put(b, u, b.Changed)
		if next == b && s.settled(ctx, b) {
			out = b
			return nil
		}
		if u.Mail() != was.Mail() {
			if _, err := s.email(p, u); err != nil {
				return err
			}
		}
		if err := s.free(ctx, p, u, b.ID); err != nil {
			return err
		}
		next.Changed = s.now()
		if next, err = s.settle(ctx, by, p, next, false); err != nil {
			return err
		}
		if err := s.Store.UpdateBrought(ctx, next); err != nil {
			return err
		}
		out = next
		return s.record(ctx, "directory.change_user", by, p, next)
	})
	return out, err
}

// RemoveUser takes a user away: the person is switched off and leaves the
// provider's groups. Errors: NotFound, also for one who is gone already;
// RateLimited while too many are switched off.
func (s *Service) RemoveUser(ctx context.Context, by core.Actor, p Provider, id core.ID) error {
	return s.act(ctx, by, p, func(ctx context.Context) error {
		b, err := s.User(ctx, p, id)
		if err != nil {
			return err
		}
		b.Active = false
		if b, err = s.settle(ctx, by, p, b, false); err != nil {
			return err
		}
		b.Gone, b.Changed = s.now(), s.now()
		if err := s.Store.UpdateBrought(ctx, b); err != nil {
			return err
		}
		if p.Groups {
			if _, err := s.Store.PutGroups(ctx, b.Person, p.Name, nil, b.Gone); err != nil {
				return err
			}
		}
		return s.record(ctx, "directory.remove_user", by, p, b)
	})
}

// email is a user's address, if the provider is trusted for it. What is said of
// an address of another domain could be anybody's.
func (s *Service) email(p Provider, u scim.User) (string, error) {
	email, err := s.Email(u.Mail())
	if err != nil {
		return "", wrong("The user has no e-mail that can be used: %s", core.AsError(err).Msg).Hinted("Map an attribute to emails[type eq \"work\"].value, or an e-mail to userName.")
	}
	_, domain, _ := strings.Cut(email, "@")
	if !slices.Contains(p.Domains, domain) {
		return "", wrong("%s is not trusted for e-mails of %s.", p.Title, domain).Hinted("Add the domain to domains in the identity file, if it is yours alone.")
	}
	return email, nil
}

// free refuses names that another user of the provider has.
func (s *Service) free(ctx context.Context, p Provider, u scim.User, own core.ID) error {
	name := strings.ToLower(u.UserName)
	for _, f := range []core.BroughtFilter{{UserName: &name}, {ExternalID: &u.ExternalID}} {
		if f.ExternalID != nil && *f.ExternalID == "" {
			continue
		}
		all, _, err := s.Store.SearchBrought(ctx, p.Name, f, 0, 1)
		if err != nil {
			return err
		}
		if len(all) > 0 && all[0].ID != own {
			return conflict("There is a user with this userName or externalId already: %s.", all[0].ID)
		}
	}
	return nil
}

// find decides whose user a new one is: of whoever the provider called the same
// before, or else of whoever has the e-mail, or else of somebody new.
func (s *Service) find(ctx context.Context, by core.Actor, p Provider, u scim.User, email string) (b core.Brought, isNew bool, err error) {
	if u.ExternalID != "" {
		all, err := s.Store.BroughtExternal(ctx, p.Name, u.ExternalID)
		if err != nil {
			return b, false, err
		}
		if len(all) > 0 { // gone, or free had refused
			return all[0], false, nil
		}
	}
	who, err := s.Store.PersonByEmail(ctx, email)
	if core.CodeOf(err) == core.NotFound {
		who, err = s.People.AddPerson(ctx, by, email, shown(u), nil)
		return core.Brought{Person: who.ID}, true, err
	}
	if err != nil {
		return b, false, err
	}
	old, err := s.Store.BroughtAs(ctx, p.Name, who.ID)
	switch {
	case core.CodeOf(err) == core.NotFound:
		return core.Brought{Person: who.ID}, false, nil
	case err != nil:
		return b, false, err
	case old.Gone == 0:
		return b, false, conflict("The e-mail %s is of the user %s already.", email, old.ID)
	}
	return b, false, conflict("The e-mail %s is of somebody whom %s has taken away, under another externalId.", email, p.Title).
		Hinted("If it is the same human, bring them with the externalId from before. If it is another, let the platform team erase who left.")
}

// shown is a name that can be kept; an empty one becomes the e-mail's.
func shown(u scim.User) string {
	name := u.Shown()
	if len(name) > 80 {
		return ""
	}
	return name
}

func (s *Service) record(ctx context.Context, action string, by core.Actor, p Provider, b core.Brought) error {
	active := "false"
	if b.Active {
		active = "true"
	}
	return s.Audit.Append(ctx, core.Event{Action: action, Actor: by, Target: string(b.Person), Code: "ok",
		Data: map[string]string{"provider": p.Name, "user": string(b.ID), "external_id": b.ExternalID, "active": active}})
}
