package sigstore

import (
	"time"

	slsa "github.com/in-toto/attestation/go/predicates/provenance/v1"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
)

// Anchor is a trusted root with the day that it was fetched.
type Anchor struct {
	Root    *Root
	Fetched time.Time
}

// Trust is what the organisation trusts of the outside: roots, how old they may
// be, and rules. The zero value trusts nobody.
type Trust struct {
	Roots  map[string]Anchor
	MaxAge time.Duration
	Rules  []Rule
}

// About is the artifact that evidence must be about.
type About struct {
	App    string
	Digest string // sha256:...
	Commit string // 40 hexadecimal digits
}

// Proven is what a bundle proves.
type Proven struct {
	Signed
	Rule  string // the name of the rule that let it pass
	Level int
}

// Provenance verifies SLSA provenance of a CI system in the order that the
// package says. now is the moment of the decision. Errors: Blocked with the
// reason of the rule that came closest.
func (t Trust) Provenance(b *attest.Bundle, about About, now time.Time) (Proven, error) {
	return t.each(b, about, now, func(r Rule, s Signed) error {
		var p slsa.Provenance
		if err := s.Read(attest.PredicateProvenance, &p); err != nil {
			return err
		}
		if err := p.Validate(); err != nil {
			return attest.Unfit("it is not complete SLSA provenance", err)
		}
		return r.built(&p, s.By, about)
	})
}

// SBOM verifies a signed CycloneDX document about the artifact by the same rules
// of who may sign. Errors: Blocked.
func (t Trust) SBOM(b *attest.Bundle, about About, now time.Time) (Proven, error) {
	return t.each(b, about, now, func(_ Rule, s Signed) error {
		switch {
		case s.PredicateType != attest.PredicateSBOM:
			return attest.Unfit("it is of another type", nil)
		case s.By.Commit != about.Commit:
			return attest.Unfit("it was built from another commit", nil)
		}
		return nil
	})
}

// each tries the rules for the app, and keeps the reason that came latest in the
// order of checks.
func (t Trust) each(b *attest.Bundle, about About, now time.Time, content func(r Rule, s Signed) error) (Proven, error) {
	best, problem := -1, error(attest.Unfit("no rule trusts a builder outside for this app", nil).Hinted("Ask security to add a rule to trust in paddock.yaml."))
	fail := func(stage int, err error) {
		if stage > best {
			best, problem = stage, err
		}
	}
	for _, r := range t.Rules {
		if !r.For(about.App) {
			continue
		}
		anchor, ok := t.Roots[r.Root]
		if !ok || anchor.Root == nil {
			fail(0, attest.Unfit("its trusted root is not there", nil))
			continue
		}
		if err := t.fresh(r.Root, anchor, now); err != nil {
			fail(0, err)
			continue
		}
		s, err := anchor.Root.Verify(b, now)
		if err != nil {
			fail(1, err)
			continue
		}
		if err := r.signer(s.By, about.App); err != nil {
			fail(2, err)
			continue
		}
		if err := s.About(about.Digest); err != nil {
			fail(3, err)
			continue
		}
		if err := content(r, s); err != nil {
			fail(4, err)
			continue
		}
		return Proven{Signed: s, Rule: r.Name, Level: r.Level}, nil
	}
	return Proven{}, problem
}

// fresh refuses a root that is older than the organisation allows, or from the
// future.
func (t Trust) fresh(name string, a Anchor, now time.Time) error {
	if age := now.Sub(a.Fetched); age > t.MaxAge || age < -24*time.Hour {
		return core.Errorf(core.Blocked, "The trusted root %q is of %s; it may be %d days old at most.", name, a.Fetched.Format(time.DateOnly), int(t.MaxAge.Hours()/24)).
			Hinted("Fetch it again, write the day to fetched in paddock.yaml, and push both to the governance repository.")
	}
	return nil
}
