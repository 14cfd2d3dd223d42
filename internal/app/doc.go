// Package app builds the house and lives its life: it makes every part, ties
// use cases to adapters, starts, serves, and stops cleanly. It is the only room
// that sees everything; the glue_*.go files hold the small adapters between
// what a use case asks for and what another room offers.
package app
