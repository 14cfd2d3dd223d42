// Package controls maps what an evidence pack holds to the controls of SOC 2,
// ISO 27001, HIPAA and the OWASP Citizen Development Top 10: which records are
// evidence for a control, how many there are, and what is not covered.
//
// The mapping is data, in the table_*.go files. It is our reading, for an
// auditor to judge; the words for each control are ours, not the standard's.
package controls
