// Package code applies the rules about code: what goes wrong most in quickly
// made apps, in JavaScript, TypeScript, HTML, Python, Go, SQL, shell and
// Dockerfiles (CHK-1, CHK-4).
//
// The rules are data (package rulebook). This package has the means: which
// names a file gives to what it imports, which values are fixed, and whether a
// value can hold text of a stranger, followed inside one function. A file is
// read into a syntax tree only if it holds the words of some rule, and once.
package code
