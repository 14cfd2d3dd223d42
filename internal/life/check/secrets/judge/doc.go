// Package judge tells secrets from what only looks like one: by the name beside
// a value, by the value's own form, and by where it stands. It knows no file
// formats.
package judge
