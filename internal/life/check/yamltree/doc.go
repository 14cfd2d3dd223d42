// Package yamltree reads YAML of unknown origin into a tree that knows where
// each of its parts stands, within bounds: size, depth, and what aliases would
// grow to.
package yamltree
