package change_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/check/proof"
	"github.com/paddock-dev/paddock/internal/life/check/report"
	"github.com/paddock-dev/paddock/internal/life/check/upload"
)

// own is what somebody's own run sends: a report, signed if there is a key.
func (s *shop) own(r core.Report, key ed25519.PrivateKey) []byte {
	var text bytes.Buffer
	s.Must(report.JSON(&text, r))
	var bundle []byte
	if key != nil {
		var err error
		bundle, err = proof.Sign(key, text.Bytes(), proof.Of(r, time.Unix(1, 0), time.Unix(2, 0)))
		s.Must(err)
	}
	body, err := upload.Write(text.Bytes(), bundle)
	s.Must(err)
	return body
}

// passing is a report that says all is well with a commit.
func passing(app, commit string) core.Report {
	return core.Report{Tool: "paddock 9", App: app, Commit: commit, Verdict: core.Passed, Checks: []core.CheckResult{{Name: "secrets", Verdict: core.Passed}}, Findings: []core.Finding{}}
}

// The server believes its own checks: a report that says "pass", signed by whom it
// trusts, from a pipeline, lets nothing through that they stop.
func TestBroughtPassExcusesNothing(t *testing.T) {
	s := newShop(t)
	public, key, err := ed25519.GenerateKey(nil)
	s.Must(err)
	text, err := publicPEM(public)
	s.Must(err)
	s.govern(map[string]string{"paddock.yaml": "\ntrust:\n  reporters:\n    - name: ci\n      apps: [payroll]\n      key: |\n        " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n        ") + "\n"})
	head := s.push("bad", map[string]string{"src/extra.ts": "export const run = (x: string) => eval(x);\n"})
	pipeline := s.Actor(s.Hana)
	pipeline.Kind = core.ActorService
	got, err := s.TakeOwn(s.Ctx(), s.Hana, pipeline, s.app, head, s.own(passing("payroll", head), key))
	s.Must(err)
	if got.Signer != "ci" || got.Source != "pipeline" || got.Verdict != core.Passed {
		t.Errorf("kept as %+v", got)
	}
	r, err := s.Check(s.Ctx(), s.app.ID, 1, head)
	s.Must(err)
	if r.Verdict != core.Blocks {
		t.Errorf("the server's own report is %s", r.Verdict)
	}
	if err := s.merge(1, head); core.CodeOf(err) != core.Denied {
		t.Errorf("merged: %v", err)
	}
}

// Rules may ask for a pipeline's signed report of the commit, and nothing else
// stands in for it.
func TestRulesMayAskForARecord(t *testing.T) {
	s := newShop(t)
	public, key, err := ed25519.GenerateKey(nil)
	s.Must(err)
	_, stranger, err := ed25519.GenerateKey(nil)
	s.Must(err)
	text, err := publicPEM(public)
	s.Must(err)
	s.govern(map[string]string{
		"paddock.yaml": "\ntrust:\n  reporters:\n    - name: ci\n      apps: [\"*\"]\n      key: |\n        " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n        ") + "\n",
		"policies/record.rego": `package paddock.change.merge

deny contains {"code": "no_pipeline_report", "message": "No pipeline has checked this."} if {
	not recorded
}

recorded if {
	some r in input.report.records
	r.source == "pipeline"
	r.attested
	r.verdict == "pass"
	not r.partial
}
`})
	head := s.push("fine", notes)
	pipeline := s.Actor(s.Hana)
	pipeline.Kind = core.ActorService
	partial := passing("payroll", head)
	partial.Scope.Since = head
	blocked := passing("payroll", head)
	blocked.Verdict, blocked.Checks[0].Verdict = core.Blocks, core.Blocks
	for _, c := range []struct {
		note string
		by   core.Actor
		body []byte
		code core.Code
	}{
		{"by a person", s.Actor(s.Hana), s.own(passing("payroll", head), key), core.Denied},
		{"not signed", pipeline, s.own(passing("payroll", head), nil), core.Denied},
		{"signed by a stranger", pipeline, s.own(passing("payroll", head), stranger), core.Denied},
		{"of a part", pipeline, s.own(partial, key), core.Denied},
		{"one that blocks", pipeline, s.own(blocked, key), core.Denied},
		{"all of it", pipeline, s.own(passing("payroll", head), key), ""},
	} {
		_, err := s.TakeOwn(s.Ctx(), s.Hana, c.by, s.app, head, c.body)
		s.Must(err)
		_, err = s.Check(s.Ctx(), s.app.ID, 1, head)
		s.Must(err)
		if err := s.merge(1, head); core.CodeOf(err) != c.code {
			t.Errorf("%s: %v", c.note, err)
		}
	}
	kept, err := s.OwnReports(s.Ctx(), s.app.ID, head)
	s.Must(err)
	if len(kept) != 2 { // the later of each source
		t.Errorf("kept %+v", kept)
	}
}

func TestBroughtReportsAreRefused(t *testing.T) {
	s := newShop(t)
	head := s.push("fine", notes)
	other := passing("payroll", strings.Repeat("a", 40))
	wrong := passing("payroll", head)
	wrong.Findings = []core.Finding{{Code: "x", Check: "secrets", Blocking: true}}
	for _, c := range []struct {
		note string
		body []byte
		code core.Code
		says string
	}{
		{"another app", s.own(passing("other", head), nil), core.Invalid, `of "other"`},
		{"another commit", s.own(other, nil), core.Invalid, "about commit aaaaaaaaaa"},
		{"a pass with a finding that blocks", s.own(wrong, nil), core.Unreadable, "counts its findings wrong"},
		{"SARIF", sarifLog("T", ""), core.Unreadable, "not in the form"},
		{"no bundle", []byte(strings.Replace(string(s.own(passing("payroll", head), nil)), `"}`, `","attestation":{"a":1}}`, 1)), core.Blocked, ""},
	} {
		_, err := s.TakeOwn(s.Ctx(), s.Hana, s.Actor(s.Hana), s.app, head, c.body)
		if core.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v (%s)", c.note, err, core.CodeOf(err))
		}
	}
	if s.Count("report.add") != 0 {
		t.Errorf("%v", s.Events(0))
	}
}

// govern puts rules in force: the ones there are, with files more; what is given for
// paddock.yaml is added at its end.
func (s *shop) govern(more map[string]string) {
	files := fstest.MapFS{}
	s.Must(fs.WalkDir(s.Rev.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(s.Rev.Files, path)
		files[path] = &fstest.MapFile{Data: text}
		return err
	}))
	for path := range maps.Keys(more) {
		text := []byte(more[path])
		if path == "paddock.yaml" {
			text = append(files[path].Data, text...)
		}
		files[path] = &fstest.MapFile{Data: text}
	}
	var err error
	s.Rev, err = catalog.Load(s.Ctx(), files, "more")
	s.Must(err)
}

func publicPEM(key ed25519.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), err
}
