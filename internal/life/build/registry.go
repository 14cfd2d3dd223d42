package build

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
)

// Registry keeps manifests and blobs by digest, and what is attached to an
// artifact. Its bytes are not trusted: Verify and Load check them again.
type Registry interface {
	// Push stores blobs and then the manifest that names them, and returns the
	// manifest's digest. Pushing the same again changes nothing.
	Push(ctx context.Context, manifest []byte, blobs ...[]byte) (digest string, err error)
	// Get returns the bytes of a manifest or blob. Errors: NotFound.
	Get(ctx context.Context, digest string) ([]byte, error)
	// AttachReferrer is Push for a manifest whose subject is that digest.
	AttachReferrer(ctx context.Context, subject string, manifest []byte, blobs ...[]byte) (digest string, err error)
	// Referrers lists what is attached to subject. It says what to read, and is
	// believed in nothing.
	Referrers(ctx context.Context, subject string) ([]core.Referrer, error)
	// Tag makes a name stand for an artifact, and for no other any more.
	Tag(ctx context.Context, name, digest string) error
	// Resolve returns the digest that a tag stands for now. Errors: NotFound.
	Resolve(ctx context.Context, name string) (digest string, err error)
}

// Signer signs evidence as DSSE envelopes and knows its own again.
type Signer interface {
	// SignDSSE returns the envelope as JSON.
	SignDSSE(payloadType string, payload []byte) ([]byte, error)
	// VerifyDSSE returns what was signed, or an error if it was not.
	VerifyDSSE(envelope []byte) (payloadType string, payload []byte, err error)
	// KeyID names the key.
	KeyID() string
}

// VerifyFunc checks the signature of a DSSE envelope and returns what was signed.
type VerifyFunc = attest.VerifyFunc

// blocked is a refusal of an artifact or of its evidence.
func blocked(format string, args ...any) *core.Error {
	return core.Errorf(core.Blocked, format, args...).
		Hinted("Build the app again from its main branch, then deploy the new artifact.")
}
