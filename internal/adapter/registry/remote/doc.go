// Package remote keeps artifacts and their evidence in one repository of any OCI
// registry, beside or in place of the folder of package ocilayout (CHK-4).
//
// What is attached is found by the registry's referrers API, or by the tag that
// stands in for it where a registry has none. Each artifact has a tag of its own,
// "artifact-" and its digest, so that a registry's clean-up keeps it and List finds it.
//
// What a registry answers is not trusted: answers are bounded, and bytes that do
// not have the digest asked for are refused. Connections are by TLS, except to
// this machine.
package remote
