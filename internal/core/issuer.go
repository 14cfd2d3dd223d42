package core

// Production is the environment that apps run in unless another is named.
const Production = "production"

// SubjectOf is how an app in one environment is named in its identity tokens.
// Names of apps change and are used again; ids are not.
func SubjectOf(app ID, environment string) string {
	return "app:" + string(app) + ":env:" + environment
}

// IssuerKey is a key that identity tokens of apps are signed with. It never
// changes, but for its removal.
type IssuerKey struct {
	ID      string // "kid" of tokens and of the published key
	Public  []byte // JSON Web Key
	Sealed  []byte // PKCS #8, sealed
	Created int64
	Begins  int64 // it signs from here on, until the next one begins
	Removed int64 // it counts no more, whatever its times; 0 for never
}
