// Package planted holds the proofs of paddock check from end to end: a real app
// with planted faults, trees that are meant to do harm, and steps that a program
// follows to the letter. It has tests only.
package planted
