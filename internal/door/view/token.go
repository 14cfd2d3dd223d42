package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Token is an access token, without its value.
type Token struct {
	ID       core.ID   `json:"id"`
	Name     string    `json:"name"`
	Owner    string    `json:"owner,omitempty" doc:"E-mail of its person, in the list of all tokens."`
	Scope    string    `json:"scope" doc:"Its scopes, separated by commas."`
	Scopes   []string  `json:"scopes"`
	Apps     []string  `json:"apps" doc:"The apps it is bound to; all when empty."`
	Provider string    `json:"provider,omitempty" doc:"With the scope scim: whose people it brings."`
	Created  time.Time `json:"created_at"`
	Expires  time.Time `json:"expires_at"`
	LastUsed time.Time `json:"last_used,omitzero"`
	LastDoor string    `json:"last_door,omitempty" doc:"Where it was last used: api, git."`
	LastFrom string    `json:"last_from,omitempty" doc:"The network that the last use came from."`
}

// NewToken asks for an access token.
type NewToken struct {
	Name     string   `json:"name" minLength:"1" maxLength:"80"`
	Scope    string   `json:"scope,omitempty" enum:"read,write,git,checks,deploy,opa,scim" doc:"One scope; or give scopes."`
	Scopes   []string `json:"scopes,omitempty" maxItems:"7" enum:"read,write,git,checks,deploy,opa,scim" doc:"read: see. write: all that you may do. git: clone and push. checks: bring reports of other tools. deploy: deploy. opa: for an OPA server. scim: for a sign-in provider."`
	Apps     []string `json:"apps,omitempty" maxItems:"50" doc:"Names of the apps it is bound to; all when empty."`
	Provider string   `json:"provider,omitempty" maxLength:"80" doc:"With the scope scim: whose people it brings."`
	Days     int      `json:"days,omitempty" minimum:"1" maximum:"365" default:"90"`
}
