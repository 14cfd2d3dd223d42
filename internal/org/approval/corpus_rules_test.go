package approval_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/approval"
)

// byRules are attempts on what a rule asks for: owners, quorums, groups, courses,
// fresh sign-ins, digests and times.
var byRules = []attempt{
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
