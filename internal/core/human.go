package core

import (
	"slices"
	"strings"
)

// SameHuman says of two accounts that they are one human's, or that they are not.
type SameHuman struct {
	A, B   ID // in the order of the ids
	State  SameState
	Reason string
	By     ID // the person who said so; empty for a proposal
	At     int64
}

// SameState is what is known of two accounts.
type SameState string

// What is known of two accounts. A proposal follows from what they have in common;
// it is not kept, and counts like a link until somebody says otherwise.
const (
	SameProposed SameState = "proposed"
	SameLinked   SameState = "same"
	SameNot      SameState = "different"
)

// Pair returns two ids in their order.
func Pair(a, b ID) (ID, ID) {
	if b < a {
		return b, a
	}
	return a, b
}

// Address is an e-mail address that a person is known by: at a sign-in provider,
// or in commits.
type Address struct {
	Email  string
	Person ID
	Source string // "person", "git" for one that was told, or "PROVIDER SUBJECT" of an account
}

// dotless are mail hosts that do not tell dots in the local part apart, and their
// other names.
var dotless = map[string]string{"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}

// PlainAddress is what different ways of writing one mailbox have in common: it is
// in lower case, without a +tag, and without dots where the host ignores them.
func PlainAddress(email string) string {
	email = strings.ToLower(strings.TrimSpace(email))
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return email
	}
	local, host := email[:at], strings.TrimSuffix(email[at+1:], ".")
	if plus := strings.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
	}
	if one, ok := dotless[host]; ok {
		local, host = strings.ReplaceAll(local, ".", ""), one
	}
	return local + "@" + host
}

// Humans tells which accounts are one human's.
type Humans struct{ first map[ID]ID }

// NewHumans puts accounts together by links and proposals; what is different is
// left out. Links carry over: who is the same as a second account is the same as
// its third one.
func NewHumans(links []SameHuman) Humans {
	h := Humans{map[ID]ID{}}
	for _, l := range links {
		if l.State == SameNot {
			continue
		}
		a, b := Pair(h.Of(l.A), h.Of(l.B))
		if a != b {
			h.first[b] = a
		}
	}
	return h
}

// Of returns the account that stands for the human behind an account.
func (h Humans) Of(id ID) ID {
	for {
		up, ok := h.first[id]
		if !ok {
			return id
		}
		id = up
	}
}

// Same reports whether two accounts are one human's. Nobody is no human.
func (h Humans) Same(a, b ID) bool { return a != "" && b != "" && h.Of(a) == h.Of(b) }

// Accounts lists all accounts of a human, sorted; just id if nothing is known.
func (h Humans) Accounts(id ID) []ID {
	out := []ID{h.Of(id)}
	for other := range h.first {
		if h.Of(other) == out[0] && !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return out
}
