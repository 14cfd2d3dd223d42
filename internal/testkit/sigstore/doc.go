// Package sigstore is a whole Sigstore of one's own for tests, in process, with
// real signatures: a certificate authority with the extensions of CI runs, a
// certificate transparency log, a transparency log with proofs and checkpoints,
// and a timestamp authority. Every part of a bundle can be spoiled by itself.
package sigstore
