// Package sigstore verifies what CI systems sign: Sigstore bundles with a
// short-lived certificate (CHK-4), of GitHub and GitLab, from the public Sigstore
// or a private one.
//
// Nothing here reads the network or the clock of this machine. What is trusted
// is a trusted_root.json that the organisation keeps in its governance
// repository; it has a date, and past an age it counts no more, because keys that
// were withdrawn since cannot be seen offline. What a root holds is demanded of
// every bundle: an entry in its transparency log if it names one, a signed
// certificate timestamp if it names a CT log, else a timestamp of its authority.
//
// The order of the checks is fixed: signature, certificate, log and time; who
// signed (Rule); the artifact; the builder; the way of building; its parameters,
// unknown ones refused. What was refused says the first reason in that order.
package sigstore
