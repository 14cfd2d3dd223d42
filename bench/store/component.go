package main

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// componentID is the store's way to name a component.
func componentID(c core.Component) string {
	sum := sha256.Sum256([]byte(c.Ecosystem + "\x00" + c.Name + "\x00" + c.Version))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}
