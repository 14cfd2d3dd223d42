// Package check inspects an app's files before they are merged: one engine,
// one bounded walk, several checks side by side, one report (CHK-1, CHK-4,
// CHK-5, SEC-1, RUN-5).
//
// Each check is a small package of its own below this one. The engine runs
// them all on the same files, so that none hides another; a check that fails
// or could not look at something is incomplete, never green. The same input
// gives the same report, byte for byte.
package check
