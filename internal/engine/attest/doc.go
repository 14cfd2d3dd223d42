// Package attest reads signed statements about artifacts (CHK-4): Sigstore
// bundles of version 0.3 that hold an in-toto statement of version 1 in a DSSE
// envelope.
//
// A bundle comes from outside, so it is bounded in size, depth and number of
// values before anything else looks at it, and whatever it says twice, or that
// this version does not know, makes it count for nothing. Parse and
// ReadStatement say nothing about who signed: Keyed does, for a key that the
// caller trusts, and package sigstore, for certificates of a CI system.
package attest
