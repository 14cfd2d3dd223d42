// Package bundle writes a set of policies in the form that OPA itself loads, so
// that others ask the same rules and get the same answers (POL-5).
//
// A bundle holds the rules as they were written, and for each gate a wrapper,
// data.paddock_decision.<gate>, with what the gate answers: deny, warn and
// approve, bindings and rollout included. Equal policies give equal bytes.
package bundle
