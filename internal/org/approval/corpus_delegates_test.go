package approval_test

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// byDelegates are attempts through somebody who stands in for somebody.
var byDelegates = []attempt{
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
}
