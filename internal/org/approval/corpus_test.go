package approval_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/approval"
)

// court is one attempt at approving one's own request, among people of its own.
type court struct {
	*town
	t      *testing.T
	n      int
	maker  core.Person
	app    core.App
	digest string
	req    core.ApprovalRequest
	groups map[string][]core.ID
	signed int64 // when the caller signed in; 0 for a token
}

// attempt is one way to approve what one may not. try prepares it and returns the
// error of its last answer, which must be one of the codes; with no code the answer is taken, but must not
// count. Afterwards the request is not granted, and the honest way is still open,
// unless closed says why not.
type attempt struct {
	name   string
	code   core.Code
	closed bool
	try    func(c *court) error
}

const (
	sec   = core.RoleSecurity
	owner = core.RoleDataOwner
	plat  = core.RolePlatform
	mk    = core.RoleMaker
)

func (c *court) mail(local string) string { return fmt.Sprintf("%s%d@example.org", local, c.n) }

// body adds somebody of this case.
func (c *court) body(local string, roles ...core.Role) core.Person {
	return c.Somebody(c.mail(local), roles...)
}

// ask asks security, or the given needs, on behalf of the maker.
func (c *court) ask(authors []string, needs ...core.Need) {
	c.askAs(c.maker, authors, needs...)
}

func (c *court) askAs(who core.Person, authors []string, needs ...core.Need) {
	c.t.Helper()
	if len(needs) == 0 {
		needs = []core.Need{{Role: sec, Reason: "Because."}}
	}
	r, err := c.Ask(c.t.Context(), as(who), core.ApprovalRequest{Gate: core.GateChangeMerge, AppID: c.app.ID, Digest: c.digest, Subject: "Change", Link: "/x",
		Needs: needs, Requester: who.ID, Authors: authors})
	c.Must(err)
	c.req = r
}

func (c *court) yes(p core.Person) error {
	_, err := c.Answer(context.Background(), as(p), c.req.ID, c.digest, true, "")
	return err
}

func (c *court) must(p core.Person) { c.t.Helper(); c.Must(c.yes(p)) }

func (c *court) roles(p core.Person, roles ...core.Role) core.Person {
	p.Given, p.Roles = roles, roles
	c.Must(c.Quietly(c.t.Context(), func(ctx context.Context) error { return c.UpdatePerson(ctx, p) }))
	return p
}

func (c *court) link(a, b core.Person) {
	c.Must(c.SameHuman(c.t.Context(), as(c.plat), a.ID, b.ID, true, "We know her."))
}

func (c *court) delegate(from, to core.Person) core.Delegation {
	d, err := c.SetAbsence(c.t.Context(), as(from), core.Delegation{Person: from.ID, Delegate: to.ID, Until: core.Stamp(c.Clock.Now().Add(24 * time.Hour)), Reason: "Holiday"})
	c.Must(err)
	return d
}

func (c *court) account(p core.Person, provider, subject, email string) {
	c.Must(c.Quietly(c.t.Context(), func(ctx context.Context) error {
		return c.AddAccount(ctx, core.Account{Provider: provider, Subject: subject, Person: p.ID, Email: email})
	}))
}

func (c *court) certify(p core.Person, until time.Duration) {
	c.Must(c.Quietly(c.t.Context(), func(ctx context.Context) error {
		return c.PutCertificate(ctx, p.ID, "safe", core.Stamp(c.Clock.Now()), core.Stamp(c.Clock.Now().Add(until)))
	}))
}

func (c *court) named(p core.Person, name string) core.Person {
	p.Name = name
	c.Must(c.Quietly(c.t.Context(), func(ctx context.Context) error { return c.UpdatePerson(ctx, p) }))
	return p
}

func two(n core.Need) core.Need { n.Quorum, n.Reason = 2, "Because."; return n }

func need(r core.Role) core.Need { return core.Need{Role: r, Reason: "Because."} }

// selfApprovals is the corpus: every way that we know of to be one's own approver.
var selfApprovals = []attempt{
	{"requester", core.Forbidden, false, func(c *court) error { e := c.body("eve", sec); c.askAs(e, nil); return c.yes(e) }},
	{"requester with every role", core.Forbidden, false, func(c *court) error { e := c.body("eve", core.Roles[:6]...); c.askAs(e, nil); return c.yes(e) }},
	{"requester, role gained after asking", core.Forbidden, false, func(c *court) error { e := c.body("eve", mk); c.askAs(e, nil); return c.yes(c.roles(e, sec)) }},
	{"requester under another name", core.Forbidden, false, func(c *court) error { e := c.body("eve", sec); c.askAs(e, nil); return c.yes(c.named(e, "Nobody")) }},
	{"committer", core.Forbidden, false, func(c *court) error { e := c.body("eve", sec); c.ask([]string{e.Email}); return c.yes(e) }},
	{"committer, role gained after asking", core.Forbidden, false, func(c *court) error { e := c.body("eve", mk); c.ask([]string{e.Email}); return c.yes(c.roles(e, sec)) }},
	{"committer in capitals", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask([]string{"X <" + strings.ToUpper(e.Email) + ">"})
		return c.yes(e)
	}},
	{"committer with a plus", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask([]string{"X <" + c.mail("eve")[:len(c.mail("eve"))-12] + "+git@example.org>"})
		return c.yes(e)
	}},
	{"committer with dots at a host that ignores them", core.Forbidden, false, func(c *court) error {
		e := c.Somebody(fmt.Sprintf("evemiller%d@gmail.com", c.n), sec)
		c.ask([]string{fmt.Sprintf("X <Eve.Miller%d+work@googlemail.com>", c.n)})
		return c.yes(e)
	}},
	{"committer under an address that was told", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.Must(c.AddAddress(c.t.Context(), as(c.plat), e.ID, c.mail("night-owl")))
		c.ask([]string{"X <" + c.mail("night-owl") + ">"})
		return c.yes(e)
	}},
	{"committer under the address of an account", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.account(e, "okta", fmt.Sprintf("00u%08d", c.n), c.mail("e.miller"))
		c.ask([]string{"X <" + c.mail("e.miller") + ">"})
		return c.yes(e)
	}},
	{"committer under an address that is told after asking", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask([]string{"X <" + c.mail("ghost") + ">"})
		c.Must(c.AddAddress(c.t.Context(), as(c.plat), e.ID, c.mail("ghost")))
		return c.yes(e)
	}},
	{"committer under an unknown address, with the same name", core.Forbidden, false, func(c *court) error {
		e := c.named(c.body("eve", sec), fmt.Sprintf("Eve Miller %d", c.n))
		c.ask([]string{fmt.Sprintf("eve  miller %d <x@laptop.local>", c.n)})
		return c.yes(e)
	}},
	{"committer under an unknown address, with the same mailbox", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask([]string{"X <" + strings.Replace(c.mail("eve"), "example.org", "laptop.local", 1) + ">"})
		return c.yes(e)
	}},
	{"author of what somebody else committed", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(core.Authors([]core.Commit{{AuthorName: "E", AuthorEmail: e.Email, CommitterName: "M", CommitterEmail: c.maker.Email}}))
		return c.yes(e)
	}},
	{"co-author by a trailer", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(core.Authors([]core.Commit{{AuthorName: "M", AuthorEmail: c.maker.Email, CommitterName: "M", CommitterEmail: c.maker.Email, CoAuthors: []string{"E <" + e.Email + ">"}}}))
		return c.yes(e)
	}},
	{"author of a merge commit", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(core.Authors([]core.Commit{{AuthorEmail: e.Email, CommitterEmail: "noreply@github.com", Subject: "Merge"}, {AuthorEmail: c.maker.Email}}))
		return c.yes(e)
	}},
	{"second account with a plus", core.Forbidden, false, func(c *court) error {
		c.body("eve", sec)
		f := c.Somebody(strings.Replace(c.mail("eve"), "@", "+two@", 1), sec)
		c.askAs(c.find(c.mail("eve")), nil)
		return c.yes(f)
	}},
	{"second account that is linked", core.Forbidden, false, func(c *court) error {
		e, f := c.body("eve", sec), c.body("fay", sec)
		c.link(e, f)
		c.askAs(e, nil)
		return c.yes(f)
	}},
	{"second account that is linked after asking", core.Forbidden, false, func(c *court) error {
		e, f := c.body("eve", sec), c.body("fay", sec)
		c.askAs(e, nil)
		c.link(e, f)
		return c.yes(f)
	}},
	{"second account that is linked after the yes", "", false, func(c *court) error {
		e, f := c.body("eve", sec), c.body("fay", sec)
		c.askAs(e, nil)
		err := c.yes(f)
		c.granted(true)
		c.link(e, f)
		return err
	}},
	{"second account with the same name at another provider", core.Forbidden, false, func(c *court) error {
		e, f := c.body("eve", sec), c.body("fay", sec)
		c.account(e, "okta", fmt.Sprintf("staff-%06d", c.n), "")
		c.account(f, "entra", fmt.Sprintf("staff-%06d", c.n), "")
		c.askAs(e, nil)
		return c.yes(f)
	}},
	{"second account whose provider has the requester's address", core.Forbidden, false, func(c *court) error {
		e, f := c.body("eve", sec), c.body("fay", sec)
		c.account(f, "okta", fmt.Sprintf("00u-fay-%d", c.n), e.Email)
		c.askAs(e, nil)
		return c.yes(f)
	}},
	{"second account of a committer", core.Forbidden, false, func(c *court) error {
		e, f := c.body("eve", sec), c.body("fay", sec)
		c.link(e, f)
		c.ask([]string{e.Email})
		return c.yes(f)
	}},
	{"third account, linked by the second", core.Forbidden, false, func(c *court) error {
		e, f, g := c.body("eve", sec), c.body("fay", sec), c.body("gil", sec)
		c.link(e, f)
		c.link(g, f)
		c.askAs(e, nil)
		return c.yes(g)
	}},
	{"accounts that say of themselves that they are different", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		f := c.Somebody(strings.Replace(e.Email, "@", "+two@", 1), sec, plat)
		if err := c.SameHuman(c.t.Context(), as(f), e.ID, f.ID, false, "Trust me."); core.CodeOf(err) != core.Forbidden {
			c.t.Errorf("somebody parted their own accounts: %v", err)
		}
		c.askAs(e, nil)
		return c.yes(f)
	}},
	{"delegate of the requester", core.Forbidden, false, func(c *court) error {
		e, d := c.body("eve", sec), c.body("del", sec)
		c.delegate(e, d)
		c.askAs(e, nil)
		return c.yes(d)
	}},
	{"delegate named after asking", core.Forbidden, false, func(c *court) error {
		e, d := c.body("eve", sec), c.body("del", sec)
		c.askAs(e, nil)
		c.delegate(e, d)
		return c.yes(d)
	}},
	{"delegate let go before the answer", core.Forbidden, false, func(c *court) error {
		e, d := c.body("eve", sec), c.body("del", sec)
		c.askAs(e, nil)
		x := c.delegate(e, d)
		c.Clock.Move(time.Minute)
		c.Must(c.EndAbsence(c.t.Context(), as(e), x.ID))
		c.Clock.Move(time.Minute)
		return c.yes(d)
	}},
	{"whom the requester represents", core.Forbidden, false, func(c *court) error {
		e, b := c.body("eve", mk), c.body("boss", sec)
		c.delegate(b, e)
		c.askAs(e, nil)
		return c.yes(b)
	}},
	{"requester as the delegate of somebody absent", core.Forbidden, false, func(c *court) error {
		e, b := c.body("eve", plat), c.body("boss", sec)
		c.delegate(b, e)
		c.askAs(e, nil, core.Need{Role: sec, Reason: "Because.", DelegateRole: plat})
		return c.yes(e)
	}},
	{"delegate of a committer", core.Forbidden, false, func(c *court) error {
		e, d := c.body("eve", sec), c.body("del", sec)
		c.delegate(e, d)
		c.ask([]string{e.Email})
		return c.yes(d)
	}},
	{"delegate of the requester's second account", core.Forbidden, false, func(c *court) error {
		e, f, d := c.body("eve", sec), c.body("fay", sec), c.body("del", sec)
		c.link(e, f)
		c.delegate(f, d)
		c.askAs(e, nil)
		return c.yes(d)
	}},
	{"second account of the delegate", core.Forbidden, false, func(c *court) error {
		e, d, h := c.body("eve", sec), c.body("del", sec), c.body("hal", sec)
		c.link(d, h)
		c.delegate(e, d)
		c.askAs(e, nil)
		return c.yes(h)
	}},
	{"delegate of a delegate", core.Forbidden, false, func(c *court) error {
		b, d, g := c.body("boss", sec), c.body("del", plat), c.body("gil", plat)
		c.delegate(b, d)
		c.delegate(d, g)
		c.ask(nil, core.Need{Role: sec, Reason: "Because.", DelegateRole: plat})
		return c.yes(g)
	}},
	{"delegate without the role, where the rule allows no other", core.Forbidden, false, func(c *court) error {
		b, d := c.body("boss", sec), c.body("del", plat)
		c.delegate(b, d)
		c.ask(nil)
		return c.yes(d)
	}},
	{"delegate without the role that the rule allows", core.Forbidden, false, func(c *court) error {
		b, d := c.body("boss", sec), c.body("del", core.RoleFinance)
		c.delegate(b, d)
		c.ask(nil, core.Need{Role: sec, Reason: "Because.", DelegateRole: plat})
		return c.yes(d)
	}},
	{"delegate of a committer with the role, for the committer", core.Forbidden, false, func(c *court) error {
		b, d := c.body("boss", sec), c.body("del", plat)
		c.delegate(b, d)
		c.ask([]string{b.Email}, core.Need{Role: sec, Reason: "Because.", DelegateRole: plat})
		return c.yes(d)
	}},
	{"delegate without the certificate", core.Forbidden, true, func(c *court) error {
		b, d := c.body("boss", sec), c.body("del", plat)
		c.certify(b, time.Hour)
		c.delegate(b, d)
		c.ask(nil, core.Need{Role: sec, Reason: "Because.", DelegateRole: plat, Certification: "safe"})
		return c.yes(d)
	}},
	{"delegate after the absence", core.Forbidden, false, func(c *court) error {
		b, d := c.body("boss", sec), c.body("del", plat)
		c.delegate(b, d)
		c.ask(nil, core.Need{Role: sec, Reason: "Because.", DelegateRole: plat})
		c.Clock.Move(25 * time.Hour)
		return c.yes(d)
	}},
	{"owner who asked", core.Forbidden, true, func(c *court) error { c.ask(nil, need(core.RoleOwner)); return c.yes(c.maker) }},
	{"co-owner who committed", core.Forbidden, true, func(c *court) error {
		co := c.body("co", mk)
		c.app = c.NewApp(fmt.Sprintf("shared-%d", c.n), c.maker, co.Email)
		c.ask([]string{co.Email}, need(core.RoleOwner))
		return c.yes(co)
	}},
	{"co-owner who is the owner's second account", core.Forbidden, true, func(c *court) error {
		co := c.Somebody(strings.Replace(c.maker.Email, "@", "+co@", 1), mk)
		c.app = c.NewApp(fmt.Sprintf("shared-%d", c.n), c.maker, co.Email)
		c.ask(nil, need(core.RoleOwner))
		return c.yes(co)
	}},
	{"owner of another app", core.Forbidden, true, func(c *court) error {
		o := c.body("other", mk)
		c.NewApp(fmt.Sprintf("other-%d", c.n), o)
		c.ask(nil, need(core.RoleOwner))
		return c.yes(o)
	}},
	{"one person twice in a quorum", core.Conflict, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil, two(need(sec)))
		c.must(e)
		return c.yes(e)
	}},
	{"two accounts of one human in a quorum", core.Conflict, false, func(c *court) error {
		e, f := c.body("eve", sec), c.body("fay", sec)
		c.link(e, f)
		c.ask(nil, two(need(sec)))
		c.must(e)
		return c.yes(f)
	}},
	{"two accounts in a quorum, linked afterwards", "", false, func(c *court) error {
		e, f := c.body("eve", sec), c.body("fay", sec)
		c.ask(nil, two(need(sec)))
		c.must(e)
		err := c.yes(f)
		c.granted(true)
		c.link(e, f)
		return err
	}},
	{"one person for two needs", core.Conflict, false, func(c *court) error {
		e := c.body("eve", sec, owner)
		c.ask(nil, need(sec), need(owner))
		c.must(e)
		return c.yes(e)
	}},
	{"two accounts of one human for two needs", core.Conflict, false, func(c *court) error {
		e := c.body("eve", sec)
		f := c.Somebody(strings.Replace(e.Email, "@", "+b@", 1), owner)
		c.ask(nil, need(sec), need(owner))
		c.must(e)
		return c.yes(f)
	}},
	{"the absent after their delegate", core.Conflict, false, func(c *court) error {
		b, d := c.body("boss", sec), c.body("del", plat)
		c.delegate(b, d)
		n := two(need(sec))
		n.DelegateRole = plat
		c.ask(nil, n)
		c.must(d)
		return c.yes(b)
	}},
	{"two delegates of one absent human", core.Forbidden, false, func(c *court) error {
		b, b2, d, g := c.body("boss", sec), c.body("boss-two", sec), c.body("del", plat), c.body("gil", plat)
		c.link(b, b2)
		c.delegate(b, d)
		c.delegate(b2, g)
		n := two(need(sec))
		n.DelegateRole = plat
		c.ask(nil, n)
		c.must(d)
		return c.yes(g)
	}},
	{"an older digest", core.Conflict, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil)
		_, err := c.Answer(c.t.Context(), as(e), c.req.ID, c.digest+"-older", true, "")
		return err
	}},
	{"a yes to the commit before", "", false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil)
		err := c.yes(e)
		c.digest += "-next"
		c.Must(c.Void(c.t.Context(), as(c.maker), c.app.ID, core.GateChangeMerge, c.digest))
		c.ask(nil)
		return err
	}},
	{"a request that a push has voided", core.Conflict, true, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil)
		c.Must(c.Void(c.t.Context(), as(c.maker), c.app.ID, core.GateChangeMerge, "another"))
		return c.yes(e)
	}},
	{"a request that has ended", core.Conflict, true, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil)
		c.Clock.Move(approval.Valid)
		return c.yes(e)
	}},
	{"a pipeline", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil)
		_, err := c.Answer(c.t.Context(), core.Actor{Kind: core.ActorService, ID: e.ID, Name: "pipeline"}, c.req.ID, c.digest, true, "")
		return err
	}},
	{"an app", core.Forbidden, false, func(c *court) error {
		c.ask(nil)
		_, err := c.Answer(c.t.Context(), core.Actor{Kind: core.ActorApp, ID: c.app.ID}, c.req.ID, c.digest, true, "")
		return err
	}},
	{"Paddock itself", core.Forbidden, false, func(c *court) error {
		c.ask(nil)
		_, err := c.Answer(c.t.Context(), core.System("approval"), c.req.ID, c.digest, true, "")
		return err
	}},
	{"somebody erased and added again", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", mk)
		c.askAs(e, nil)
		c.Must(c.Quietly(c.t.Context(), func(ctx context.Context) error {
			_, _, err := c.ErasePerson(ctx, e.ID, fmt.Sprintf("erased-%d", c.n))
			return err
		}))
		return c.yes(c.body("eve", sec))
	}},
	{"somebody switched off and added again under an alias", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", mk)
		c.askAs(e, nil)
		c.SetDisabled(e, true)
		return c.yes(c.Somebody(strings.Replace(e.Email, "@", "+new@", 1), sec))
	}},
	{"a token, where a fresh sign-in is asked for", core.Forbidden, true, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil, core.Need{Role: sec, Reason: "Because.", StepUp: true})
		return c.yes(e)
	}},
	{"a sign-in of an hour ago, where a fresh one is asked for", core.Forbidden, true, func(c *court) error {
		e := c.body("eve", sec)
		c.signed = core.Stamp(c.Clock.Now().Add(-time.Hour))
		c.ask(nil, core.Need{Role: sec, Reason: "Because.", StepUp: true})
		return c.yes(e)
	}},
	{"requester in the group that is asked", core.Forbidden, true, func(c *court) error {
		e := c.body("eve", mk)
		c.groups["okta/secops"] = []core.ID{e.ID}
		c.askAs(e, nil, need("group:okta/secops"))
		return c.yes(e)
	}},
	{"second account in the group that is asked", core.Forbidden, true, func(c *court) error {
		e, f := c.body("eve", mk), c.body("fay", mk)
		c.link(e, f)
		c.groups["okta/secops"] = []core.ID{f.ID}
		c.askAs(e, nil, need("group:okta/secops"))
		return c.yes(f)
	}},
	{"a group with nobody in it", core.Forbidden, true, func(c *court) error {
		e := c.body("eve", core.Roles[:6]...)
		c.ask(nil, need("group:okta/nobody"))
		return c.yes(e)
	}},
	{"the requester, whom the rule names when it is overdue", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", plat)
		c.askAs(e, nil, core.Need{Role: sec, Reason: "Because.", WithinHours: 2, EscalateTo: e.Email})
		c.Clock.Move(3 * time.Hour)
		return c.yes(e)
	}},
	{"whom the rule names, before it is overdue", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", plat)
		c.ask(nil, core.Need{Role: sec, Reason: "Because.", WithinHours: 2, EscalateTo: "platform"})
		c.Clock.Move(2*time.Hour - time.Second)
		return c.yes(e)
	}},
	{"an approver without the certificate", core.Forbidden, true, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil, core.Need{Role: sec, Reason: "Because.", Certification: "safe"})
		return c.yes(e)
	}},
	{"an approver whose certificate has ended", core.Forbidden, true, func(c *court) error {
		e := c.body("eve", sec)
		c.certify(e, time.Hour)
		c.ask(nil, core.Need{Role: sec, Reason: "Because.", Certification: "safe"})
		c.Clock.Move(time.Hour)
		return c.yes(e)
	}},
	{"an approver who was switched off", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil)
		c.SetDisabled(e, true)
		return c.yes(e)
	}},
	{"an approver who lost the role", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil)
		return c.yes(c.roles(e, mk))
	}},
	{"a yes from before more people were asked", "", false, func(c *court) error {
		e := c.body("eve", sec)
		c.ask(nil)
		err := c.yes(e)
		c.granted(true)
		c.ask(nil, two(need(sec)))
		return err
	}},
	{"an auditor", core.Forbidden, false, func(c *court) error {
		e := c.body("eve", core.RoleAuditor, sec)
		c.ask(nil)
		return c.yes(e)
	}},
}

func (c *court) find(email string) core.Person {
	p, err := c.PersonByEmail(c.t.Context(), email)
	c.Must(err)
	return p
}

// granted demands that the request is granted, or that it is not, at its gate.
func (c *court) granted(want bool) {
	c.t.Helper()
	r, ok, err := c.Standing(c.t.Context(), core.GateChangeMerge, c.app.ID, c.digest)
	c.Must(err)
	if got := ok && r.State == core.ApprovalGranted; got != want {
		c.t.Errorf("granted is %v: %s, answers %+v", got, r.State, r.Approvals)
	}
}

// Promise 5, WFL-1, CHK-2: the corpus of self-approvals is refused entirely, and
// what is refused to them is open to honest people.
func TestSelfApprovalsAreRefused(t *testing.T) {
	if len(selfApprovals) < 40 {
		t.Fatalf("the corpus has %d attempts", len(selfApprovals))
	}
	tw := newTown(t)
	for i, a := range selfApprovals {
		t.Run(a.name, func(t *testing.T) {
			c := &court{town: tw, t: t, n: 100 + i, groups: map[string][]core.ID{}, digest: fmt.Sprintf("sha256:%d", i)}
			c.maker = c.body("mia", mk)
			c.app = c.NewApp(fmt.Sprintf("app-%d", c.n), c.maker)
			tw.Members = func(_ context.Context, provider, group string) ([]core.ID, error) {
				return c.groups[provider+"/"+group], nil
			}
			tw.SignedIn = func(context.Context) (int64, bool) { return c.signed, c.signed != 0 }
			if err := a.try(c); core.CodeOf(err) != a.code {
				t.Errorf("the answer: %v, want %q", err, a.code)
			}
			c.granted(false)
			if a.closed {
				return
			}
			for _, n := range c.req.Needs {
				for j := range n.Count() {
					_ = c.yes(c.Somebody(fmt.Sprintf("honest-%s-%d-%d@example.org", n.Role, c.n, j), n.Role))
				}
			}
			c.granted(true)
		})
	}
}
