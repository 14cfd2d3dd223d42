// Package local is the embedded forge: bare git repositories in one folder,
// driven by git's own binary (WFL-1, design §6).
//
// Below the root folder:
//
//	repos/<name>.git   the repositories
//	trash/             deleted repositories, kept until somebody empties it
//	hooks/             generated scripts that hand a push to Paddock
//	tmp/               half-made repositories, never served
//
// Git is started directly, never through a shell, with an environment built
// from nothing, so that no setting of the machine or the user reaches it. Every
// operation is idempotent by name: after a crash a saga repeats it safely.
// Failures are *core.Error. A Forge is safe for concurrent use.
package local
