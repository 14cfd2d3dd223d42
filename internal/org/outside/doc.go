// Package outside takes in the decision logs of OPA servers elsewhere, and holds
// each decision against what our own rules say (POL-2, POL-5).
//
// What comes is bounded before it is read. Inputs are compared and not kept;
// what a server erased or masked is not guessed at.
package outside
