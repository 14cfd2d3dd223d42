// Package secrets finds passwords and keys in files (SEC-1).
//
// Provider keys are found by the rules that gitleaks publishes, read from its
// module and run by our own loop: only rules whose keywords occur in a file
// run, each is compiled when first needed, and nothing fails in silence. A few
// rules of our own find the passwords that makers really leave in settings and
// connection strings.
//
// A finding never holds the value: it has a masked preview of at most four
// characters and, when a key is given, an HMAC of the value as fingerprint.
package secrets
