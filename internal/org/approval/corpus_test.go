package approval_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
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
// error of its last answer, which must have the code; with no code the answer is
// taken, but must not count. Afterwards the request is not granted, and the honest way is still open,
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
func selfApprovals() []attempt { return slices.Concat(byAccounts, byDelegates, byRules) }

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
	corpus := selfApprovals()
	if len(corpus) < 40 {
		t.Fatalf("the corpus has %d attempts", len(corpus))
	}
	tw := newTown(t)
	for i, a := range corpus {
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
