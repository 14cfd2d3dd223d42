// Package registry starts a real OCI registry for tests, and holds what every
// registry adapter must do. The registry is Debian's docker-registry.
package registry
