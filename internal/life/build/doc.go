// Package build turns an app's files at one commit into an artifact that can be
// deployed, with its evidence (CHK-4).
//
//	tree at a commit -> bundle + public files -> OCI manifest, named by digest
//	                                               ^ subject      ^ subject
//	                                             SBOM         signed provenance
//
// Build makes it, Verify proves it again from the stored bytes alone (deploying
// relies on that), Load gives the parts to a target. The same commit always
// gives the same digest: no clock, no order of files and no machine gets in.
//
// The bundler reads nothing but the given tree. Code of makers is hostile input
// to it as well: 300 kB of "((((" overflow a parser's stack, which no Go program
// survives. So Isolated runs it in a process of its own, with limits.
package build
