package proof_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/check/proof"
	"github.com/paddock-dev/paddock/internal/life/check/report"
)

func TestSignAndVerify(t *testing.T) {
	private, public, err := proof.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := proof.ReadKey(private)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := seal.ParsePublicPEM(public)
	if err != nil {
		t.Fatal(err)
	}
	verify := func(env []byte) (string, []byte, error) { return seal.VerifyDSSEWith(pub, env) }
	r := core.Report{Tool: "paddock 1", Commit: "c", Verdict: core.Passed, Checks: []core.CheckResult{{Name: "secrets", Seen: core.Coverage{Files: 3, RulesDigest: "sha256:x"}}}}
	var b bytes.Buffer
	if err := report.JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	bundle, err := proof.Sign(key, b.Bytes(), proof.Of(r, at, at.Add(time.Second)))
	if err != nil {
		t.Fatal(err)
	}
	said, err := proof.Verify(verify, b.Bytes(), bundle)
	if err != nil || said.Checks[0].Seen.Files != 3 || said.Finished.Sub(said.Started) != time.Second || said.Build["go"] == "" {
		t.Errorf("%+v %v", said, err)
	}
	other := bytes.Replace(b.Bytes(), []byte(`"pass"`), []byte(`"blocked"`), 1)
	_, strange, _ := proof.NewKey()
	spub, _ := seal.ParsePublicPEM(strange)
	lied := r
	lied.Verdict = core.Blocks
	liar, _ := proof.Sign(key, b.Bytes(), proof.Of(lied, at, at))
	for name, c := range map[string]struct {
		report, bundle []byte
		verify         func([]byte) (string, []byte, error)
		want           string
	}{
		"changed report": {other, bundle, verify, "another report"},
		"other key":      {b.Bytes(), bundle, func(env []byte) (string, []byte, error) { return seal.VerifyDSSEWith(spub, env) }, "signature is not good"},
		"no bundle":      {b.Bytes(), []byte("{}"), verify, "version 0.3"},
		"cut off":        {b.Bytes(), bundle[:len(bundle)/2], verify, "clean"},
		"contradiction":  {b.Bytes(), liar, verify, "contradicts"},
	} {
		if _, err := proof.Verify(c.verify, c.report, c.bundle); core.CodeOf(err) != core.Blocked || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := proof.ReadKey(public); err == nil {
		t.Error("a public key is taken for a private one")
	}
}
