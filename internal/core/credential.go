package core

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
	Scope   string // tokens: "read", "write" or "opa"
	Created int64
	Expires int64
	Used    int64 // last use; for one-time kinds: when it was used up
	Revoked int64

	// Of sessions that began at a sign-in provider.
	Provider        string
	ProviderSession string // its name for the session there (sid); may be empty
	AuthTime        int64  // when the person last proved who they are
	ACR             string // how strongly, in the provider's words
}

// InForce reports whether the credential may be used at the moment now.
func (c Credential) InForce(now int64) bool { return c.Revoked == 0 && now < c.Expires }
