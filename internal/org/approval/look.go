package approval

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// aYear is longer than any request can be answered: absences that ended before
// that matter to none.
const aYear = int64(400 * 24 * 3600 * 1e6)

// Look is what one moment shows of the people: who there is, which accounts are
// one human's, and who is away. It is never changed.
type Look struct {
	a         *Approvals
	now       int64
	people    []core.Person
	byID      map[core.ID]core.Person
	links     []core.SameHuman // with proposals
	humans    core.Humans
	absences  []core.Delegation
	addresses map[core.ID][]string // of each account, its own first
}

// Look reads the people once, for any number of requests.
func (a *Approvals) Look(ctx context.Context) (*Look, error) {
	l := &Look{a: a, now: a.now(), byID: map[core.ID]core.Person{}, addresses: map[core.ID][]string{}}
	var err error
	if l.people, err = a.store.People(ctx); err != nil {
		return nil, err
	}
	more, err := a.store.Addresses(ctx)
	if err != nil {
		return nil, err
	}
	said, err := a.store.SameHumans(ctx)
	if err != nil {
		return nil, err
	}
	if l.absences, err = a.store.Delegations(ctx, l.now-aYear); err != nil {
		return nil, err
	}
	for _, p := range l.people {
		l.byID[p.ID] = p
		if strings.Contains(p.Email, "@") { // who was erased has a placeholder
			l.addresses[p.ID] = append(l.addresses[p.ID], p.Email)
		}
	}
	for _, x := range more {
		if x.Email != "" {
			l.addresses[x.Person] = append(l.addresses[x.Person], x.Email)
		}
	}
	l.links = links(l.people, more, said)
	l.humans = core.NewHumans(l.links)
	return l, nil
}

// away returns the absence of somebody at this moment.
func (l *Look) away(p core.ID) (core.Delegation, bool) {
	for _, d := range l.absences {
		if d.Person == p && d.InForce(l.now) {
			return d, true
		}
	}
	return core.Delegation{}, false
}

// wrote finds the people who may be behind an author or committer as git names
// them, "Name <mail>" or only the mail: those who are known by the address; or, if
// nobody is, all those whose name or whose local part of an address is the same. It
// is better to keep out one too many than one too few.
func (l *Look) wrote(author string) []core.ID {
	name, email := splitAuthor(author)
	plain := core.PlainAddress(email)
	var known, alike []core.ID
	for _, p := range l.people {
		is, looks := false, sameName(name, p.Name)
		for _, have := range l.addresses[p.ID] {
			have = core.PlainAddress(have)
			is = is || plain != "" && have == plain
			looks = looks || local(plain) != "" && local(have) == local(plain)
		}
		if is {
			known = append(known, p.ID)
		}
		if looks {
			alike = append(alike, p.ID)
		}
	}
	if len(known) > 0 {
		return known
	}
	return alike
}

func splitAuthor(s string) (name, email string) {
	i, j := strings.LastIndexByte(s, '<'), strings.LastIndexByte(s, '>')
	if i < 0 || j < i {
		return "", strings.TrimSpace(s)
	}
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1 : j])
}

func local(email string) string {
	i := strings.LastIndexByte(email, '@')
	if i < 0 {
		return email
	}
	return email[:i]
}

func sameName(a, b string) bool {
	a, b = strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " ")
	return a != "" && strings.EqualFold(a, b)
}
