// Package core is Paddock's vocabulary: the words of GLOSSARY.md as Go types,
// their identifiers, their states and the one error type.
//
// It imports the standard library only and knows nothing of wires, tables or
// pages. Conversions live with the adapter or door that needs them.
package core
