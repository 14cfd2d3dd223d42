package change_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// statement is an OpenVEX document about lodash 4.17.20 in the shop's app.
func statement(status, more, at string) []byte {
	return fmt.Appendf(nil, `{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.org/%s","author":"Sam","timestamp":"%s","version":1,"statements":[
{"vulnerability":{"name":"CVE-2021-23337"},"products":[{"@id":"pkg:generic/paddock/payroll","subcomponents":[{"@id":"pkg:npm/lodash@4.17.20"}]}],"status":"%s"%s}]}`, status, at, status, more)
}

var withLodash = map[string]string{
	"package.json":      `{"name":"payroll","private":true,"dependencies":{"lodash":"4.17.20"}}`,
	"package-lock.json": `{"name":"payroll","lockfileVersion":3,"packages":{"":{"dependencies":{"lodash":"4.17.20"}},"node_modules/lodash":{"version":"4.17.20","license":"MIT"}}}`,
}

func holes(r core.Report) (n int) {
	for _, f := range r.Findings {
		if f.Check == "dependencies" && f.Blocking {
			n++
		}
	}
	return n
}

// CHK-3: what security says about a known hole counts at once, and a later word
// takes the place of an earlier one.
func TestVEXDecidesWhatCounts(t *testing.T) {
	s := newShop(t)
	sam := s.Somebody("samira@example.org", core.RoleSecurity)
	head := s.push("lodash", withLodash)
	check := func(note string, findings, aside int) core.Report {
		t.Helper()
		r, err := s.Check(s.Ctx(), s.app.ID, 1, head)
		s.Must(err)
		if holes(r) != findings || len(r.SetAside) != aside {
			t.Fatalf("%s: %d holes, set aside %v", note, holes(r), r.SetAside)
		}
		return r
	}
	check("nobody said anything", 1, 0)
	runs := s.runs.Load()
	check("again", 1, 0)
	if s.runs.Load() != runs {
		t.Error("the checks ran again although nothing was said")
	}
	add := func(body []byte) {
		t.Helper()
		_, _, err := s.book.Add(s.Ctx(), sam, s.Actor(sam), body)
		s.Must(err)
	}
	add(statement("under_investigation", "", "2026-03-01T08:00:00Z"))
	check("under investigation", 1, 0)
	add(statement("not_affected", `,"justification":"vulnerable_code_not_in_execute_path"`, "2026-03-01T09:00:00Z"))
	r := check("not affected", 0, 1)
	if got := r.SetAside[0].String(); got != "GHSA-35jh-r3h4-6jhm in pkg:npm/lodash@4.17.20 is set aside by VEX: not_affected (vulnerable_code_not_in_execute_path), says Sam, by samira@example.org" {
		t.Error(got)
	}
	for _, c := range r.Checks {
		if c.Name == "dependencies" && !strings.Contains(c.Looked, "1 known hole set aside by VEX") {
			t.Error(c.Looked)
		}
	}
	if again, _, err := s.Report(s.Ctx(), s.app.ID, head); err != nil || len(again.SetAside) != 1 || again.VEXDigest == "" {
		t.Errorf("kept as %+v, %v", again.SetAside, err)
	}
	add(statement("affected", `,"action_statement":"update"`, "2026-03-01T10:00:00Z"))
	check("affected after all", 1, 0)
	if s.Count("vex.add") != 3 {
		t.Errorf("%v", s.Events(0))
	}
}

// Report is the store's.
func (s *shop) Report(ctx context.Context, app core.ID, commit string) (core.Report, int64, error) {
	return s.DB.Report(ctx, app, commit)
}
