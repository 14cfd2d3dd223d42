package store_test

import (
	"context"
	"slices"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

func TestCredentials(t *testing.T) { testkit.Each(t, testCredentials) }

func testCredentials(t *testing.T, g *testkit.Ground) {
	ana, bob := g.Somebody("ana@example.org"), g.Somebody("bob@example.org")
	add := func(hash string, kind core.CredentialKind, p core.Person, app core.ID) core.Credential {
		c := core.Credential{Hash: hash, ID: core.ID("id-" + hash), Kind: kind, Person: p.ID, AppID: app, Name: "n", Scope: "read", Created: 10, Expires: 20}
		write(g, func(ctx context.Context) error { return g.AddCredential(ctx, c) })
		return c
	}
	link, tok := add("l", core.CredLink, ana, ""), add("t", core.CredToken, ana, "")
	add("v", core.CredVisit, ana, "app")
	add("b", core.CredToken, bob, "")
	got, err := g.Credential(t.Context(), core.CredToken, "t")
	g.Must(err)
	same(t, "credential", got, tok)
	_, err = g.Credential(t.Context(), core.CredSession, "t")
	missing(t, "a token as session", err)
	take := func(now int64) (ok bool) {
		write(g, func(ctx context.Context) (err error) {
			ok, err = g.TakeCredential(ctx, core.CredLink, link.Hash, now)
			return err
		})
		return ok
	}
	if take(20) || !take(19) || take(19) {
		t.Error("a one-time value is good once, before its end")
	}
	write(g, func(ctx context.Context) error {
		return g.UseCredential(ctx, "t", 15, core.Use{Door: "git", From: "192.0.2.0/24"})
	})
	mine, err := g.Tokens(t.Context(), ana.ID)
	g.Must(err)
	tok.Used, tok.At = 15, core.Use{Door: "git", From: "192.0.2.0/24"}
	same(t, "tokens", mine, []core.Credential{tok})
	testAllTokens(t, g, bob, tok)
	write(g, func(ctx context.Context) error { return g.RevokeCredential(ctx, tok.ID, 16) })
	refuse(t, g, "revoking twice", core.NotFound, func(ctx context.Context) error { return g.RevokeCredential(ctx, tok.ID, 17) })
	write(g, func(ctx context.Context) error { return g.RevokeVisits(ctx, "app", 16) })
	write(g, func(ctx context.Context) error { return g.RevokeKind(ctx, ana.ID, core.CredToken, 16) })
	for hash, want := range map[string]int64{"t": 16, "v": 16, "b": 0, "l": 0} {
		for _, kind := range []core.CredentialKind{core.CredLink, core.CredToken, core.CredVisit} {
			if c, err := g.Credential(t.Context(), kind, hash); err == nil && c.Revoked != want {
				t.Errorf("%s revoked at %d, want %d", hash, c.Revoked, want)
			}
		}
	}
	refuse(t, g, "an unknown kind", core.Internal, func(ctx context.Context) error {
		return g.AddCredential(ctx, core.Credential{Hash: "x", ID: "x", Kind: "key", Person: ana.ID})
	})
}

// testAllTokens reads tokens across people; tok is ana's only one, of 10 to 20.
func testAllTokens(t *testing.T, g *testkit.Ground, bob core.Person, tok core.Credential) {
	bound := core.Credential{Hash: "bound", ID: "id-bound", Kind: core.CredToken, Person: bob.ID, Name: "n", Scope: "checks,git", Apps: []core.ID{"a", "b"}, Created: 10, Expires: 40}
	people := core.Credential{Hash: "people", ID: "id-people", Kind: core.CredToken, Person: bob.ID, Name: "n", Scope: "scim", Provider: "entra", Created: 11, Expires: 50}
	write(g, func(ctx context.Context) error { return g.AddCredential(ctx, bound) })
	write(g, func(ctx context.Context) error { return g.AddCredential(ctx, people) })
	for now, want := range map[int64][]core.ID{19: {"id-b", "id-bound", "id-people", "id-t"}, 20: {"id-bound", "id-people"}, 49: {"id-people"}, 50: nil} {
		all, err := g.AllTokens(t.Context(), now)
		g.Must(err)
		same(t, "all tokens", slices.Sorted(slices.Values(ids(all))), want)
	}
	for _, c := range []struct {
		now, until, longer int64
		want               []core.ID
	}{{15, 40, 20, []core.ID{"id-bound"}}, {15, 39, 20, nil}, {40, 60, 20, []core.ID{"id-people"}}, {15, 60, 30, []core.ID{"id-people"}}, {15, 60, 20, []core.ID{"id-bound", "id-people"}}} {
		ending, err := g.EndingTokens(t.Context(), c.now, c.until, c.longer)
		g.Must(err)
		same(t, "tokens that end", ids(ending), c.want)
	}
	for _, want := range []core.Credential{bound, people, tok} {
		got, err := g.TokenByID(t.Context(), want.ID)
		g.Must(err)
		same(t, "token", got, want)
	}
	_, err := g.TokenByID(t.Context(), "id-l") // a link
	missing(t, "a link as token", err)
}

func ids(all []core.Credential) (out []core.ID) {
	for _, c := range all {
		out = append(out, c.ID)
	}
	return out
}

func TestRequestsAndAnswers(t *testing.T) { testkit.Each(t, testRequestsAndAnswers) }

func testRequestsAndAnswers(t *testing.T, g *testkit.Ground) {
	sec, dat := g.Somebody("sec@example.org"), g.Somebody("dat@example.org")
	r := core.ApprovalRequest{ID: "r1", Gate: core.GateChangeMerge, AppID: "a", Subject: "S", Link: "/l", Digest: "d", Requester: "q", Excluded: []core.ID{"q", "c"}, Marks: []string{"m"},
		Needs: []core.Need{{Role: core.RoleSecurity, Reason: "because"}}, State: core.ApprovalPending, Created: 1, Expires: 9, Approvals: []core.Approval{}}
	write(g, func(ctx context.Context) error { return g.AddRequest(ctx, r) })
	twin := r
	twin.ID = "r2"
	refuse(t, g, "two open requests for one digest", core.Conflict, func(ctx context.Context) error { return g.AddRequest(ctx, twin) })
	yes := core.Approval{ID: "y", Request: "r1", Role: core.RoleSecurity, Approver: sec.ID, Yes: true, Note: "ok", Digest: "d", At: 5}
	write(g, func(ctx context.Context) error { return g.AddApproval(ctx, yes) })
	r.Approvals = []core.Approval{yes}
	got, err := g.Request(t.Context(), "r1")
	g.Must(err)
	same(t, "request", got, r)
	refuse(t, g, "the same person", core.Conflict, func(ctx context.Context) error {
		return g.AddApproval(ctx, core.Approval{ID: "z", Request: "r1", Role: core.RoleDataOwner, Approver: sec.ID, Digest: "d"})
	})
	second := core.Approval{ID: "z", Request: "r1", Role: core.RoleSecurity, Approver: dat.ID, Yes: true, Digest: "d", At: 6, For: "away", Basis: core.ByDelegation, AuthTime: 4}
	write(g, func(ctx context.Context) error { return g.AddApproval(ctx, second) })
	r.Approvals = append(r.Approvals, second)
	got, err = g.Request(t.Context(), "r1")
	g.Must(err)
	same(t, "two of one role", got, r)
	write(g, func(ctx context.Context) error {
		return g.MoveRequest(ctx, "r1", core.ApprovalPending, core.ApprovalVoided)
	})
	refuse(t, g, "a stale state", core.Conflict, func(ctx context.Context) error {
		return g.MoveRequest(ctx, "r1", core.ApprovalPending, core.ApprovalGranted)
	})
	write(g, func(ctx context.Context) error { return g.AddRequest(ctx, twin) }) // made in the same microsecond as the void one
	newest, ok, err := g.RequestFor(t.Context(), core.GateChangeMerge, "a", "d")
	if err != nil || !ok || newest.ID != "r2" {
		t.Errorf("the open one comes first: %s %v %v", newest.ID, ok, err)
	}
	if _, ok, err := g.RequestFor(t.Context(), core.GateAppDeploy, "a", "d"); ok || err != nil {
		t.Errorf("another gate: %v %v", ok, err)
	}
	pending, err := g.PendingRequests(t.Context())
	g.Must(err)
	open, err := g.OpenRequests(t.Context(), "a", core.GateChangeMerge)
	g.Must(err)
	all, err := g.RequestsOf(t.Context(), "a")
	g.Must(err)
	if len(pending) != 1 || len(open) != 1 || len(all) != 2 {
		t.Errorf("%d pending, %d open, %d in all", len(pending), len(open), len(all))
	}
	_, err = g.Request(t.Context(), "nothing")
	missing(t, "no such request", err)
}

func TestNoticesAndTickets(t *testing.T) { testkit.Each(t, testNoticesAndTickets) }

func testNoticesAndTickets(t *testing.T, g *testkit.Ground) {
	ana, bob := g.Somebody("ana@example.org"), g.Somebody("bob@example.org")
	n := core.Notice{ID: "n1", Person: ana.ID, AppID: "a", Key: "k", Title: "T", Body: "B", Link: "/l", At: 5}
	for i, want := range []bool{true, false} {
		write(g, func(ctx context.Context) error {
			n := n
			n.ID = core.ID(rune('1' + i))
			first, err := g.AddNotice(ctx, n)
			if first != want {
				t.Errorf("first %v", first)
			}
			return err
		})
	}
	n.ID = "1"
	all, err := g.Notices(t.Context(), ana.ID)
	g.Must(err)
	same(t, "notices", all, []core.Notice{n})
	refuse(t, g, "another's message", core.NotFound, func(ctx context.Context) error { return g.ReadNotice(ctx, bob.ID, "1", 6) })
	write(g, func(ctx context.Context) error { return g.ReadNotice(ctx, ana.ID, "1", 6) })
	if u, err := g.Unread(t.Context(), ana.ID); u != 0 || err != nil {
		t.Errorf("unread %d, %v", u, err)
	}
	tk := core.Ticket{ID: "t1", AppID: "a", Key: "k", Title: "T", Body: "B", Open: true, Owner: ana.ID, At: 5}
	for _, want := range []bool{true, false} {
		write(g, func(ctx context.Context) error {
			first, err := g.AddTicket(ctx, tk)
			if first != want {
				t.Errorf("first ticket %v", first)
			}
			return err
		})
	}
	write(g, func(ctx context.Context) error { return g.CloseTicket(ctx, "t1") })
	refuse(t, g, "closing twice", core.Conflict, func(ctx context.Context) error { return g.CloseTicket(ctx, "t1") })
	tk.Open = false
	tickets, err := g.Tickets(t.Context(), "a")
	g.Must(err)
	same(t, "tickets", tickets, []core.Ticket{tk})
}

func TestIncidentsCertificatesSettings(t *testing.T) {
	testkit.Each(t, testIncidentsCertificatesSettings)
}

func testIncidentsCertificatesSettings(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	i := core.Incident{ID: "i", Kind: "secret_in_push", AppID: "a", Actor: core.System("x"), What: "a key", Place: "a.ts:3", Fingerprint: "f", At: 5}
	write(g, func(ctx context.Context) error { return g.AddIncident(ctx, i) })
	all, err := g.Incidents(t.Context(), "a")
	g.Must(err)
	same(t, "incidents", all, []core.Incident{i})
	if n, err := g.CountIncidents(t.Context(), "secret_in_push"); n != 1 || err != nil {
		t.Errorf("counted %d, %v", n, err)
	}
	for _, until := range []int64{7, 9} {
		write(g, func(ctx context.Context) error { return g.PutCertificate(ctx, ana.ID, "course", 5, until) })
	}
	certs, err := g.Certificates(t.Context(), ana.ID)
	g.Must(err)
	same(t, "certificates", certs, map[string]int64{"course": 9})
	if v, err := g.Setting(t.Context(), "s"); v != "" || err != nil {
		t.Errorf("unset: %q, %v", v, err)
	}
	for _, v := range []string{"1", "2"} {
		write(g, func(ctx context.Context) error { return g.PutSetting(ctx, "s", v) })
	}
	if v, _ := g.Setting(t.Context(), "s"); v != "2" {
		t.Errorf("setting %q", v)
	}
}
