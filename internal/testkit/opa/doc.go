// Package opa runs a stock OPA server for tests, built from OPA's own module.
package opa
