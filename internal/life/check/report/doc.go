// Package report writes a report of the checks for people and for programs:
// text for a terminal, Markdown for a change's page, JSON, and SARIF 2.1.0.
//
// What it writes is safe to show: control characters in names and quotes are
// replaced, whatever the report came from.
package report
