// Package oidc signs people in at OpenID Connect providers: authorization code
// with PKCE (S256), nonce and a state that is bound to the browser, as RFC 9700
// asks for.
//
// A provider is asked what it offers when somebody first signs in there, and
// again every hour; one that is down does not stop the server. Who the person is
// here, and what they may do, is not decided in this package (engine/identity).
package oidc

import "time"

// Bounds of what is read and of what is waited for.
const (
	AttemptLife = 10 * time.Minute // from the button to the way back

	maxAnswer  = 1 << 20          // bytes of any answer of a provider
	maxKeys    = 256 << 10        // bytes of a key set
	maxIDToken = 64 << 10         // bytes
	maxCode    = 4 << 10          // bytes of an authorization code
	maxSubject = 255              // bytes, as OpenID Connect has it
	maxText    = 1 << 10          // bytes of any other claim that is read
	maxGroups  = 1000             // groups of one person
	maxGroup   = 256              // bytes of a group's name
	patience   = 10 * time.Second // for one answer of a provider
	fresh      = time.Hour        // what a provider offers is asked for again after
	stale      = 24 * time.Hour   // and does not count any more after, if it does not answer
	pause      = 5 * time.Second  // between two tries with a provider that does not answer
	keysPause  = 10 * time.Second // between two requests for its keys
	skew       = 30 * time.Second // between its clock and ours
	oldest     = 10 * time.Minute // age of an ID token when it arrives
)

// algorithms are those that an ID token may be signed with. What a provider
// offers besides, such as none or HS256, is not taken.
var algorithms = [...]string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
