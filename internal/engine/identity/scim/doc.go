// Package scim reads and writes what sign-in providers say of their people and
// groups by SCIM 2.0 (RFC 7643, RFC 7644). It is pure: it keeps nothing, and
// knows no HTTP.
//
// It takes what Entra ID, Okta, Google and Keycloak really send, which is not
// always what the RFCs say: see Patch. What is kept of a user is little (User);
// other attributes are read and dropped, so that no provider has to be told to
// leave them out. Passwords are never kept.
//
// Errors are Invalid, or TooLarge; their field is the scimType of RFC 7644,
// section 3.12.
package scim

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// The schemas and messages that are spoken.
const (
	UserSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	PatchMessage     = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	ListMessage      = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	ErrorMessage     = "urn:ietf:params:scim:api:messages:2.0:Error"
)

// The words for what is wrong (scimType).
const (
	InvalidFilter = "invalidFilter"
	TooMany       = "tooMany"
	Uniqueness    = "uniqueness"
	Mutability    = "mutability"
	InvalidSyntax = "invalidSyntax"
	InvalidPath   = "invalidPath"
	NoTarget      = "noTarget"
	InvalidValue  = "invalidValue"
)

// Types lists the words for what is wrong.
func Types() []string {
	return []string{InvalidFilter, TooMany, Uniqueness, Mutability, InvalidSyntax, InvalidPath, NoTarget, InvalidValue}
}

// Bounds of what is read.
const (
	maxDepth      = 12
	maxText       = 256
	maxFilter     = 1 << 10
	maxNesting    = 4
	maxTerms      = 8
	maxPath       = 512
	maxEmails     = 20
	MaxOperations = 1000  // of one PATCH
	MaxMembers    = 10000 // that one request may name
)

// bad refuses input; kind is the scimType.
func bad(kind, format string, args ...any) *core.Error {
	return core.Errorf(core.Invalid, "%s", fmt.Sprintf(format, args...)).At(kind)
}

// text reads a short text that can be shown. what names it in errors.
func text(what string, v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", bad(InvalidValue, "%s must be text.", what)
	}
	s = strings.TrimSpace(s)
	if len(s) > maxText {
		return "", bad(InvalidValue, "%s has %d bytes; %d are taken.", what, len(s), maxText)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", bad(InvalidValue, "%s has signs that cannot be shown.", what)
	}
	return s, nil
}

// yes reads true and false. Entra writes them as text with a capital, and for some
// attributes as a list with one value.
func yes(what string, v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	case []any:
		if len(v) == 1 {
			if o, ok := v[0].(Object); ok {
				return yes(what, o["value"])
			}
			return yes(what, v[0])
		}
	}
	return false, bad(InvalidValue, "%s must be true or false.", what)
}

// clip shortens what somebody sent, for a message.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "..."
	}
	return s
}
