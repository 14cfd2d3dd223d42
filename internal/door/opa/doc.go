// Package opa is the door for OPA servers elsewhere: they fetch the rules in
// force as a signed bundle and wait here for the next revision (POL-5).
package opa
