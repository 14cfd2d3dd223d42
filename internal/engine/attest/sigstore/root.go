package sigstore

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
)

const (
	maxRoot  = 1 << 20 // bytes of a trusted root
	maxRoots = 8       // of one file, one a line
	skew     = 5 * time.Minute
)

// Root is what is trusted: certificate authorities, logs and timestamp
// authorities. It never changes and is safe for concurrent use.
type Root struct{ verifiers []*verify.Verifier }

// ReadRoot reads a trusted_root.json, or a trusted_root.jsonl with one root a
// line, as "gh attestation trusted-root" and "cosign trusted-root create" write
// them. Errors: Invalid, TooLarge.
func ReadRoot(b []byte) (*Root, error) {
	if len(b) > maxRoot {
		return nil, core.Errorf(core.TooLarge, "The trusted root has %d bytes; the limit is %d.", len(b), maxRoot)
	}
	r := &Root{}
	if err := r.add(b); err == nil {
		return r, nil
	}
	for _, line := range bytes.Split(b, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(r.verifiers) == maxRoots {
			return nil, core.Errorf(core.TooLarge, "The file holds more than %d trusted roots.", maxRoots)
		}
		if err := r.add(line); err != nil {
			return nil, badRoot(err)
		}
	}
	if len(r.verifiers) == 0 {
		return nil, badRoot(errors.New("it is empty"))
	}
	return r, nil
}

func badRoot(err error) *core.Error {
	return (&core.Error{Code: core.Invalid, Msg: "This is not a trusted root of Sigstore.", Err: err}).
		Hinted("Write it with: gh attestation trusted-root, or cosign trusted-root create.")
}

// add demands of a bundle all that the root can check.
func (r *Root) add(b []byte) error {
	tr, err := root.NewTrustedRootFromJSON(b)
	if err != nil {
		return err
	}
	if len(tr.FulcioCertificateAuthorities()) == 0 {
		return errors.New("it names no certificate authority")
	}
	var options []verify.VerifierOption
	if len(tr.CTLogs()) > 0 {
		options = append(options, verify.WithSignedCertificateTimestamps(1))
	}
	switch {
	case len(tr.RekorLogs()) > 0:
		options = append(options, verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1))
	case len(tr.TimestampingAuthorities()) > 0:
		options = append(options, verify.WithSignedTimestamps(1))
	default:
		return errors.New("it names neither a transparency log nor a timestamp authority")
	}
	v, err := verify.NewVerifier(tr, options...)
	if err != nil {
		return err
	}
	r.verifiers = append(r.verifiers, v)
	return nil
}

// Signed is a statement and who signed it, both proven.
type Signed struct {
	attest.Statement
	By Identity
	At time.Time // the latest time that a log or a timestamp authority vouches for
}

// Verify checks signature, certificate, SCT, log entry and time of a bundle
// against the root, and that nothing is from the future. It does not know who
// may sign: see Rule. Errors: Blocked.
func (r *Root) Verify(b *attest.Bundle, now time.Time) (Signed, error) {
	if !b.Keyless() {
		return Signed{}, attest.Unfit("it is signed by a key that nobody vouches for", nil)
	}
	s, err := attest.ReadStatement(b.Payload()) // its form only; nothing is believed yet
	if err != nil {
		return Signed{}, err
	}
	entity, err := bundle.NewBundle(b.Proto())
	if err != nil {
		return Signed{}, attest.Unfit("it is not a whole Sigstore bundle", err)
	}
	summary, at, err := r.check(entity)
	if err != nil {
		return Signed{}, attest.Unfit(why(err), err)
	}
	if at.After(now.Add(skew)) {
		return Signed{}, attest.Unfit("it is signed in the future", nil)
	}
	return Signed{s, identity(summary), at}, nil
}

// check tries each root of the file.
func (r *Root) check(entity verify.SignedEntity) (certificate.Summary, time.Time, error) {
	var failed []error
	for _, v := range r.verifiers {
		// Who may sign, and the subject, are looked at by our own rules after.
		result, err := v.Verify(entity, verify.NewPolicy(verify.WithoutArtifactUnsafe(), verify.WithoutIdentitiesUnsafe()))
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if result.Signature == nil || result.Signature.Certificate == nil {
			failed = append(failed, errors.New("no certificate"))
			continue
		}
		var at time.Time
		for _, t := range result.VerifiedTimestamps {
			if t.Timestamp.After(at) {
				at = t.Timestamp
			}
		}
		return *result.Signature.Certificate, at, nil
	}
	return certificate.Summary{}, time.Time{}, errors.Join(failed...)
}

// why puts the library's reason into plain words. It only chooses words: what
// is not known here is refused all the same.
func why(err error) string {
	text := err.Error()
	for _, w := range []struct{ theirs, ours string }{
		{"failed to verify log inclusion", "its entry in the transparency log does not hold against the trusted root"},
		{"failed to verify timestamps", "nothing trusted proves when it was signed"},
		{"failed to verify leaf certificate", "its certificate is not by the trusted authority, or was not valid when it signed"},
		{"failed to verify signed certificate timestamp", "its certificate is not in the trusted certificate log"},
		{"failed to verify signature", "its signature is not good"},
	} {
		if strings.HasPrefix(text, w.theirs) {
			return w.ours
		}
	}
	return "signature, certificate, log or time do not hold against the trusted root"
}
