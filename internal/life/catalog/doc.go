// Package catalog reads the governance repository: settings, templates,
// policies, vendors and courses at one revision (CAT-1, CAT-2, CAT-3), and the
// microapp.yaml of an app. It also makes the files of an app's first commit.
//
// Everything people write is read by package strict: all faults at once, each
// with path:line:column, what is wrong and what to do next. A revision with a
// fault does not load, so the last good one stays in force.
package catalog
