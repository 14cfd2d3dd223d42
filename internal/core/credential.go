package core

import "strings"

// CredentialKind says what a credential opens.
type CredentialKind string

// The kinds of credentials.
const (
	CredLink    CredentialKind = "link"    // one-time sign-in link
	CredSession CredentialKind = "session" // a signed-in browser
	CredToken   CredentialKind = "token"   // access token for the API and git
	CredTicket  CredentialKind = "ticket"  // one-time hand-over from Paddock's pages to an app's address
	CredVisit   CredentialKind = "visit"   // a signed-in browser at an app's address
)

// Credential is what is kept of a link, session or token: never the value,
// only its hash.
type Credential struct {
	Hash    string
	ID      ID
	Kind    CredentialKind
	Person  ID
	AppID   ID     // tickets and visits: the app they open
	Name    string // tokens: what the person calls it
	Scope   string // tokens: areas such as "read" or "git,checks", sorted
	Apps    []ID   // tokens: the apps it is bound to; empty for all
	Created int64
	Expires int64
	Used    int64 // last use; for one-time kinds: when it was used up
	At      Use   // tokens: where it was last used
	Revoked int64

	// Provider is where a session began, or whose people a token with the scope
	// "scim" brings; empty for others.
	Provider string
	// Of sessions that began at a sign-in provider.
	ProviderSession string // its name for the session there (sid); may be empty
	AuthTime        int64  // when the person last proved who they are
	ACR             string // how strongly, in the provider's words
}

// Use is where a value was used: through which door, and from which network.
type Use struct {
	Door string
	From string // an address shortened to its network, such as 203.0.113.0/24
}

// Scopes lists the areas of an access token.
func (c Credential) Scopes() []string { return strings.Split(c.Scope, ",") }

// InForce reports whether the credential may be used at the moment now.
func (c Credential) InForce(now int64) bool { return c.Revoked == 0 && now < c.Expires }
