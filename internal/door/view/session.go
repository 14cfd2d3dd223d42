package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// SignInProvider is a place where people sign in.
type SignInProvider struct {
	Name  string
	Title string // what people call it
}

// Session is a browser that somebody is signed in with.
type Session struct {
	ID       core.ID
	Provider string // where they signed in; empty for a link
	Started  time.Time
	LastUsed time.Time
	Ends     time.Time
	Here     bool // the browser that asks
}
