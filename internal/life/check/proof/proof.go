// Package proof signs what a run of the checks saw, and checks such a proof: an
// in-toto statement about the report's bytes, in a DSSE envelope, as a Sigstore
// bundle (CHK-4). Times are here and never in the report, so that the same input
// gives the same report.
package proof

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"runtime/debug"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

// Predicate is the type of what is said.
const Predicate = "https://paddock.dev/check-report/v1"

// Said is what is signed about a run.
type Said struct {
	Tool           string             `json:"tool"`
	Build          map[string]string  `json:"build"` // of the program: Go version, its own commit
	App            string             `json:"app"`
	Commit         string             `json:"commit"`
	Scope          core.Scope         `json:"scope"`
	PolicyRevision string             `json:"policy_revision"`
	AdvisoryDate   string             `json:"advisory_date"`
	VEXDigest      string             `json:"vex_digest,omitempty"`
	Verdict        core.Verdict       `json:"verdict"`
	Checks         []core.CheckResult `json:"checks"` // with what each looked at, its rules and data
	Findings       int                `json:"findings"`
	Started        time.Time          `json:"started"`
	Finished       time.Time          `json:"finished"`
}

// Of says what is known of a run.
func Of(r core.Report, started, finished time.Time) Said {
	return Said{Tool: r.Tool, Build: built(), App: r.App, Commit: r.Commit, Scope: r.Scope, PolicyRevision: r.PolicyRevision, AdvisoryDate: r.AdvisoryDate,
		VEXDigest: r.VEXDigest, Verdict: r.Verdict, Checks: r.Checks, Findings: len(r.Findings), Started: started.UTC(), Finished: finished.UTC()}
}

// built is what the program knows of its own build.
func built() map[string]string {
	out := map[string]string{}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return out
	}
	out["go"], out["module"] = info.GoVersion, info.Main.Path
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision", "vcs.modified", "CGO_ENABLED", "GOOS", "GOARCH":
			out[s.Key] = s.Value
		}
	}
	return out
}

// Sign makes the bundle: key vouches that report, the bytes of a report as JSON,
// came of the run that said tells of.
func Sign(key ed25519.PrivateKey, report []byte, said Said) ([]byte, error) {
	type subject struct {
		Name   string            `json:"name"`
		Digest map[string]string `json:"digest"`
	}
	sum := sha256.Sum256(report)
	payload, err := json.Marshal(struct {
		Type          string    `json:"_type"`
		Subject       []subject `json:"subject"`
		PredicateType string    `json:"predicateType"`
		Predicate     Said      `json:"predicate"`
	}{attest.StatementType, []subject{{"report.json", map[string]string{"sha256": hex.EncodeToString(sum[:])}}}, Predicate, said})
	if err != nil {
		return nil, core.Hidden("Signing the report", err)
	}
	public, _ := key.Public().(ed25519.PublicKey)
	id, err := dsse.SHA256KeyID(public)
	if err != nil {
		return nil, core.Hidden("Signing the report", err)
	}
	signer, err := dsse.NewEnvelopeSigner(signer{key, id})
	if err != nil {
		return nil, core.Hidden("Signing the report", err)
	}
	env, err := signer.SignPayload(context.Background(), attest.PayloadInToto, payload)
	if err != nil {
		return nil, core.Hidden("Signing the report", err)
	}
	raw, err := json.Marshal(env)
	if err != nil {
		return nil, core.Hidden("Signing the report", err)
	}
	return attest.Wrap(raw, id)
}

// Verify checks that a bundle is signed by the owner of a public key, is about
// exactly these bytes of a report, and says what the report says. It returns what
// was signed. Errors: Blocked.
func Verify(verify attest.VerifyFunc, report, bundle []byte) (Said, error) {
	b, err := attest.Parse(bundle)
	if err != nil {
		return Said{}, again(err)
	}
	st, err := b.Keyed(verify)
	if err != nil {
		return Said{}, again(err)
	}
	sum := sha256.Sum256(report)
	if err := st.About("sha256:" + hex.EncodeToString(sum[:])); err != nil {
		return Said{}, unfit("it is about another report, or the report was changed", nil)
	}
	var said Said
	if st.PredicateType != Predicate {
		return said, unfit("it says something else than what was checked", nil)
	}
	if err := json.Unmarshal(st.Predicate, &said); err != nil {
		return said, unfit("what it says cannot be read", err)
	}
	var r core.Report
	if err := json.Unmarshal(report, &r); err != nil {
		return said, unfit("the report is not one", err)
	}
	if r.Verdict != said.Verdict || r.Commit != said.Commit || len(r.Findings) != said.Findings {
		return said, unfit("it contradicts the report", nil)
	}
	return said, nil
}

// Reporter is somebody whose signature of a report counts.
type Reporter struct {
	Name string
	Key  string // PEM
}

// By returns the name of who signed a bundle about these bytes of a report, "" if it
// is nobody of the list. Errors: Blocked when it is no bundle, or when one of the
// list signed it about something else.
func By(list []Reporter, report, bundle []byte) (string, error) {
	b, err := attest.Parse(bundle)
	if err != nil {
		return "", again(err)
	}
	for _, r := range list {
		key, err := seal.ParsePublicPEM([]byte(r.Key))
		if err != nil {
			return "", core.Hidden("Reading the key of "+r.Name, err) // the settings were checked
		}
		verify := func(env []byte) (string, []byte, error) { return seal.VerifyDSSEWith(key, env) }
		if _, err := b.Keyed(verify); err != nil {
			continue
		}
		_, err = Verify(verify, report, bundle)
		return r.Name, err
	}
	return "", nil
}

// again gives an error of evidence the hint that fits a report.
func again(err error) error {
	e := *core.AsError(err)
	e.Hint = hint
	return &e
}

const hint = "Check that the report and the key are the right ones. If so, check the app again."

func unfit(why string, err error) error { return again(attest.Unfit(why, err)) }

// ReadKey reads a private Ed25519 key in PEM form (PKCS #8), as `paddock report
// keygen` and openssl write it. Errors: Unreadable; never with a part of the key.
func ReadKey(text []byte) (ed25519.PrivateKey, error) {
	if block, _ := pem.Decode(text); block != nil && block.Type == "PRIVATE KEY" {
		if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if ed, ok := key.(ed25519.PrivateKey); ok {
				return ed, nil
			}
		}
	}
	return nil, core.Errorf(core.Unreadable, "The key is not a private Ed25519 key in PEM form.").Hinted("Make one with: paddock report keygen FILE")
}

// NewKey makes a pair of keys, both in PEM form.
func NewKey() (private, public []byte, err error) {
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, nil, core.Hidden("Making a key", err)
	}
	a, err := x509.MarshalPKCS8PrivateKey(key)
	b, err2 := x509.MarshalPKIXPublicKey(pub)
	if err := errors.Join(err, err2); err != nil {
		return nil, nil, core.Hidden("Making a key", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: a}), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: b}), nil
}

// signer makes a key a signer of the DSSE library.
type signer struct {
	key ed25519.PrivateKey
	id  string
}

func (s signer) Sign(_ context.Context, data []byte) ([]byte, error) {
	return ed25519.Sign(s.key, data), nil
}

func (s signer) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(s.key.Public().(ed25519.PublicKey), data, sig) {
		return errors.New("the signature does not match")
	}
	return nil
}

func (s signer) KeyID() (string, error) { return s.id, nil }

func (s signer) Public() crypto.PublicKey { return s.key.Public() }
