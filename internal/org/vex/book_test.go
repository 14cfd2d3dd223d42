package vex_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/org/vex"
	"github.com/paddock-dev/paddock/internal/testkit"
)

const document = `{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.org/1","author":"Sam","timestamp":"2026-03-02T09:00:00Z","statements":[
{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/lodash@4.17.20"}],"status":"not_affected","impact_statement":"we do not call it"}]}`

// broken is a store that cannot be read.
type broken struct{ vex.Store }

func (broken) VEXMark(context.Context) (string, error) { return "", errors.New("the disk is gone") }

func TestBook(t *testing.T) { testkit.Each(t, testBook) }

func testBook(t *testing.T, g *testkit.Ground) {
	sam := g.Somebody("sam@example.org", core.RoleSecurity)
	by := core.Actor{Kind: core.ActorPerson, ID: sam.ID, Name: sam.Email, Door: "api"}
	revision, inRepo := "r1", []openvex.Source(nil)
	b := &vex.Book{Store: g.DB, Audit: g.Audit, Clock: g.Clock, IDs: g.IDs, Governance: func() (string, []openvex.Source) { return revision, inRepo }}
	sub := openvex.Subject{App: "tracker", Component: core.Component{Ecosystem: "npm", Name: "lodash", Version: "4.17.20"}}
	aside := func(name string) bool {
		t.Helper()
		set, err := b.Current(t.Context())
		g.Must(err)
		j, _ := set.Judge(sub, []string{name}, g.Clock.Now())
		return j.SetAside
	}
	if aside("CVE-1") {
		t.Error("set aside by nobody")
	}
	v, _, err := b.Add(t.Context(), sam, by, []byte(document))
	g.Must(err)
	if !aside("CVE-1") || aside("CVE-2") {
		t.Error("what was added does not count")
	}
	other := &vex.Book{Store: g.DB, Governance: b.Governance} // another server, or a restart
	if set, err := other.Current(t.Context()); err != nil || set.Digest() == "" {
		t.Error(err)
	}
	doc, err := openvex.Parse("vex/a.json", []byte(strings.Replace(document, "CVE-1", "CVE-2", 1)))
	g.Must(err)
	revision, inRepo = "r2", []openvex.Source{{Document: doc, From: "vex/a.json"}}
	if !aside("CVE-1") || !aside("CVE-2") {
		t.Error("the new revision does not count")
	}
	for note, c := range map[string]struct {
		body string
		code core.Code
		want string
	}{
		"again":        {document, core.Conflict, "here already"},
		"no reason":    {strings.Replace(document, `,"impact_statement":"we do not call it"`, "", 1), core.Invalid, "document:2:1: The statement says not_affected, but not why."},
		"to come":      {strings.Replace(document, "2026-03-02T09:00:00Z", "2026-03-02T09:30:00Z", 1), core.Invalid, "document:2: A statement is of 2026-03-02 09:30:00Z, which is still to come."},
		"not JSON":     {"x", core.Unreadable, "This is not JSON"},
		"much too big": {document + strings.Repeat(" ", 1<<20), core.TooLarge, "1048576 are read"},
	} {
		if _, _, err := b.Add(t.Context(), sam, by, []byte(c.body)); core.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", note, err)
		}
	}
	all, err := g.VEXDocuments(t.Context())
	g.Must(err)
	if len(all) != 1 || all[0].ID != v.ID || all[0].ByName != sam.Email || string(all[0].Body) != document {
		t.Errorf("%+v", all)
	}
	if got := strings.Join(g.Events(0), " "); got != "vex.add" {
		t.Error(got)
	}
	b.Store = broken{g.DB}
	if set, err := b.Current(t.Context()); err == nil || set != nil {
		t.Error("what cannot be read still counts")
	}
}
