package approval_test

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// byAccounts are attempts by who asked or committed, under whatever name, address
// or account.
var byAccounts = []attempt{
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
}
