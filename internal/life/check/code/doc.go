// Package code holds JavaScript, TypeScript and HTML to a few sound rules
// about what goes wrong most in quickly made apps: text run as code, unchecked
// HTML, glued queries, safe connections switched off, open cross-site access.
//
// The rules look at the syntax tree, not at text, so comments and strings do
// not set them off. testdata holds, for each rule, what must and what must not
// match.
package code
