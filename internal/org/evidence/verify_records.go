package evidence

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/org/evidence/controls"
)

// approvals checks that each request and each answer was logged, is bound to
// one digest, and that nobody answered their own request (promise 5).
func (v *check) approvals(app string, c *cursor[approvalRecord], g *logged) map[string]*approvalRecord {
	all := map[string]*approvalRecord{}
	c.each(app, func(r *approvalRecord, where string) {
		all[r.ID] = r
		v.tally.approvals++
		if fault := v.badApproval(r, g); fault != "" {
			v.res.add(where, "Approval request %s: %s.", r.ID, fault)
		}
	})
	for id, n := range g.asked {
		if !n.used && !n.support {
			v.res.add(fileOf("approvals"), "The log has approval request %.80q, which the pack leaves out.", id)
		}
	}
	return all
}

func (v *check) badApproval(r *approvalRecord, g *logged) string {
	asked := g.asked[r.ID]
	if asked == nil || fact(&asked.leaf, "digest") != r.Digest || asked.leaf.Gate != r.Gate || asked.index != r.Event {
		return unlogged("request for this digest", r.Digest)
	}
	asked.used = true
	who := map[string]bool{}
	for _, a := range r.Answers {
		switch n := g.answered[answerKey(r.ID, a.Approver)]; {
		case a.Digest != r.Digest:
			return "an answer is bound to another digest"
		case a.Approver == "" || a.Approver == r.Requester || slices.Contains(r.Excluded, a.Approver):
			return "somebody answered their own request"
		case a.For != "" && (a.For == r.Requester || slices.Contains(r.Excluded, a.For)):
			return "somebody answered in the place of who asked or worked on it"
		case who[a.Approver] || a.For != "" && who[a.For]:
			return "one person answered twice"
		case n == nil || n.index != a.Event || fact(&n.leaf, "digest") != a.Digest || fact(&n.leaf, "role") != a.Role || (fact(&n.leaf, "answer") == "yes") != a.Yes:
			return unlogged("answer by", a.Approver)
		case moment(n.leaf.At) != a.At && !(moments(a.At, moment(n.leaf.At)) && moments(moment(n.leaf.At), a.At)):
			return "an answer is dated otherwise than in the log"
		}
		who[a.Approver] = true
		if a.For != "" {
			who[a.For] = true
		}
		v.tally.answers++
	}
	if r.State != string(core.ApprovalGranted) {
		return ""
	}
	said := yes(r.Answers)
	for _, n := range r.Needs {
		if said[n.Role] < n.Count() {
			return fmt.Sprintf("it counts as granted, but %s of %d said yes as %s", map[bool]string{true: "nobody", false: fmt.Sprint(said[n.Role])}[said[n.Role] == 0], n.Count(), n.Role)
		}
	}
	return ""
}

// decisions checks that each decision is the one that was logged, with the
// input whose digest was logged, that an approval it rests on came before it,
// and that it comes out the same when it is replayed (promise 2).
func (v *check) decisions(app string, c *cursor[decisionRecord], g *logged, requests map[string]*approvalRecord) map[string]decided {
	all := map[string]decided{}
	c.each(app, func(d *decisionRecord, where string) {
		all[d.ID] = decided{d.Gate, d.Result, d.Subject, d.At, d.Request}
		v.tally.decisions++
		if !d.Support {
			v.tally.results[d.Gate+" "+d.Result]++
		}
		for _, fault := range []string{v.notLogged(d, g), v.unapproved(d, requests), v.judgedOtherwise(d, requests)} {
			if fault != "" {
				v.res.add(where, "Decision %s: %s.", d.ID, fault)
			}
		}
	})
	for id, n := range g.decided {
		if !n.used && !n.support {
			v.res.add(fileOf("decisions"), "The log has decision %.80q, which the pack leaves out.", id)
		}
	}
	return all
}

// decided is what is kept of a decision, for the deployments that rest on it.
type decided struct{ gate, result, subject, at, request string }

// notLogged says how a decision differs from its audit event, "" if it does not.
func (v *check) notLogged(d *decisionRecord, g *logged) string {
	if d.Digest != sha([]byte(d.Input)) {
		return "its input is not the one that its digest names"
	}
	n := g.decided[d.ID]
	if n == nil || n.index != d.Event {
		return "the audit log has no such decision"
	}
	n.used = true
	leaf := &n.leaf
	var codes []string
	for _, r := range d.Verdicts.Deny {
		codes = append(codes, r.Code)
	}
	switch {
	case leaf.Gate != d.Gate || fact(leaf, "input") != d.Digest || fact(leaf, "policy") != d.Policy || fact(leaf, "request") != d.Request || leaf.ActorID != d.Actor.ID:
		return "the audit log says something else about it"
	case leaf.Target.Commit == "" && leaf.Target.Clear != d.Subject:
		return "the audit log says that it was about something else"
	case leaf.Code != map[string]string{string(core.Allow): "ok", string(core.Deny): string(core.Denied), string(core.Waiting): string(core.Pending)}[d.Result]:
		return "the audit log has another answer"
	case fact(leaf, "denied") != strconv.Itoa(len(codes)) || fact(leaf, "rules") != strings.Join(codes, " "):
		return "the audit log has other reasons"
	}
	return ""
}

// unapproved says what is wrong with the approval that a decision rests on.
func (v *check) unapproved(d *decisionRecord, requests map[string]*approvalRecord) string {
	if d.Request == "" {
		if d.Result == string(core.Allow) && len(d.Verdicts.Approve) > 0 {
			return "it lets an act pass that needs approval, but rests on none"
		}
		return ""
	}
	r := requests[d.Request]
	switch {
	case r == nil:
		return "it relies on approval request " + d.Request + ", which is not there"
	case r.Digest != d.Subject || r.Gate != d.Gate:
		return "it relies on an approval of something else"
	case d.Result != string(core.Allow):
		return ""
	}
	said := yes(r.Answers)
	for _, n := range d.Verdicts.Approve {
		if said[n.Role] < n.Count() {
			return "it was allowed, but nobody said yes as " + string(n.Role)
		}
	}
	for _, a := range r.Answers {
		if a.Approver == d.Actor.ID && a.Approver != "" {
			return "who acted has answered for it"
		}
		if !moments(a.At, d.At) {
			return "it was allowed before the yes that it rests on"
		}
	}
	v.tally.before++
	return ""
}

// artifacts checks that each artifact's documents are the named ones, and that
// the provenance is signed and about that artifact (CHK-4).
// Verification summaries must agree with the decisions that they tell of.
func (v *check) artifacts(app string, c *cursor[artifactRecord], decisions map[string]decided, requests map[string]*approvalRecord) map[string]bool {
	all := map[string]bool{} // whether there is evidence
	c.each(app, func(a *artifactRecord, where string) {
		all[a.Digest] = a.SBOM != "" && a.Provenance != ""
		v.tally.artifacts++
		if a.SBOM != "" {
			if _, ok := v.document("sbom", a.SBOM); ok {
				v.tally.sboms++
			}
		}
		if a.Provenance != "" {
			if data, ok := v.document("provenance", a.Provenance); ok {
				switch _, err := v.aboutArtifact(data, a.Digest); {
				case errors.Is(err, errKeyless):
					v.tally.foreign++
				case err != nil:
					v.res.add(documentName("provenance", a.Provenance), "The provenance of %s does not count: %v.", a.Digest, err)
				default:
					v.tally.provenances++
				}
			}
		}
		for _, digest := range a.Attestations {
			data, ok := v.document("attestations", digest)
			if !ok {
				continue
			}
			s, err := v.aboutArtifact(data, a.Digest)
			if s.PredicateType == attest.PredicateSummary {
				if err == nil {
					err = v.agrees(s, a.Digest, decisions, requests)
				}
				if err != nil {
					v.res.add(documentName("attestations", digest), "The verification summary of %s does not count: %v.", a.Digest, err)
					continue
				}
			}
			switch {
			case errors.Is(err, errForeign) || errors.Is(err, errKeyless):
				v.tally.foreign++
			case err != nil:
				v.res.add(documentName("attestations", digest), "The attestation of %s does not count: %v.", a.Digest, err)
			default:
				v.tally.attested++
			}
		}
	})
	return all
}

// document reads a file that is named by its digest.
func (v *check) document(folder, digest string) ([]byte, bool) {
	name := documentName(folder, digest)
	data, err := v.a.Read(name, maxWhole)
	if err != nil {
		v.failed(name, err)
		return nil, false
	}
	if sha(data) != digest {
		v.res.add(name, "The document is not the one that the artifact names.")
		return nil, false
	}
	return data, true
}

var (
	errForeign = errors.New("it is not signed by keys/signing.pub")
	errKeyless = errors.New("it is signed by a builder outside, by a certificate")
)

// aboutArtifact checks that a Sigstore bundle is about the artifact alone, and
// that it is signed by keys/signing.pub. What a builder outside signed by a
// certificate gives errKeyless: the server verified it against its trusted root,
// its summary of that decision carries our signature, and cosign can verify the
// bundle again.
func (v *check) aboutArtifact(bundle []byte, digest string) (attest.Statement, error) {
	b, err := attest.Parse(bundle)
	if err != nil {
		return attest.Statement{}, errors.New("it is not a Sigstore bundle of version 0.3")
	}
	var s attest.Statement
	keyless, signed := b.Keyless(), false
	if keyless {
		s, err = attest.ReadStatement(b.Payload())
	} else {
		s, err = b.Keyed(func(envelope []byte) (string, []byte, error) {
			kind, payload, err := seal.VerifyDSSEWith(v.signing, envelope)
			signed = err == nil
			return kind, payload, err
		})
	}
	switch {
	case !keyless && !signed:
		s, _ = attest.ReadStatement(b.Payload()) // what it claims to be
		return s, errForeign
	case err != nil:
		return s, errors.New("it is not an in-toto statement about one artifact")
	case s.About(digest) != nil:
		return s, errors.New("it is about another artifact")
	case keyless:
		return s, errKeyless
	}
	return s, nil
}

// deployments checks that whatever ran was allowed and had its evidence.
func (v *check) deployments(app string, c *cursor[deploymentRecord], decisions map[string]decided, built map[string]bool) {
	c.each(app, func(d *deploymentRecord, where string) {
		evident, known := built[d.Artifact]
		by, judged := decisions[d.Decision]
		switch {
		case !known:
			v.res.add(where, "Deployment %s runs artifact %s, which is not in the pack.", d.ID, d.Artifact)
		case !evident:
			v.res.add(where, "Deployment %s runs artifact %s, which has no SBOM or no provenance.", d.ID, d.Artifact)
		case !judged:
			v.res.add(where, "Deployment %s rests on decision %s, which is not in the pack.", d.ID, d.Decision)
		case by.gate != string(core.GateAppDeploy) || by.result != string(core.Allow) || by.subject != d.Artifact+"@"+d.Target:
			v.res.add(where, "Deployment %s rests on decision %s, which does not allow it.", d.ID, d.Decision)
		default:
			v.tally.deployments++
		}
	})
}

// lists checks the lists of populations and the control mapping: they follow
// from what is in the pack.
func (v *check) lists() {
	for _, k := range kinds {
		name := populationOf(k.Name)
		r, err := v.a.Open(name)
		n := -1 // without the heading
		if err == nil {
			l := &lines{name: name, r: bufio.NewReaderSize(r, 64<<10)}
			for err == nil {
				if _, err = l.next(); err == nil {
					n++
				}
			}
		}
		if err != io.EOF {
			v.failed(name, err)
		} else if want := v.manifest.Counts[k.Name].Asked; n != want {
			v.res.add(name, "The list has %d rows; the population has %d.", n, want)
		}
	}
	want, err := encode(controls.Evaluate(v.manifest.facts()))
	got, rerr := v.a.Read("controls.json", maxWhole)
	if err != nil || rerr != nil || !bytes.Equal(want, got) {
		v.res.add("controls.json", "The control mapping does not follow from what the pack counts, or is of another version of Paddock.")
	}
}
