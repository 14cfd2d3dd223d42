// Package policy decides: it compiles Rego modules and evaluates them for a
// gate (POL-1, POL-3, POL-4).
//
// A policy is a package named after its gate, data.paddock.<gate>, with the
// sets deny, warn and approve. Packages with a plain allow rule, in Rego v0 or
// v1, are bound to gates from outside (see Binding) and run unchanged.
//
// The package is pure: files and facts in, verdicts out. It reads no clock, no
// network and no environment, so the same input gives the same answer when a
// decision is replayed. A policy that fails while it runs denies.
package policy
