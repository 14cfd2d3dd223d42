package view

import "time"

// Issuer is Paddock as the services see it that know apps by identity tokens.
type Issuer struct {
	Issuer string      `json:"issuer"`
	Keys   []IssuerKey `json:"keys"`
}

// IssuerKey is a key that identity tokens are or will be verified with.
type IssuerKey struct {
	ID     string    `json:"id" doc:"The kid of tokens that it signed."`
	State  string    `json:"state" enum:"announced,signing,retired"`
	Begins time.Time `json:"begins" doc:"From when on it signs."`
}

// AppIdentity is how a service can know an app.
type AppIdentity struct {
	Issuer    string   `json:"issuer"`
	Subject   string   `json:"subject" doc:"The sub of the app's tokens. It stays when the app's name changes."`
	Audiences []string `json:"audiences" doc:"Whom the app can have tokens for now: the audiences of its approved vendors."`
}
