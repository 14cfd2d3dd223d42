// Package lex tells code, texts and remarks of a file apart, for checks that
// look for names in any language. It knows how remarks and texts are written,
// and nothing else: a syntax tree of each of thousands of files would take
// seconds, and the few files in which a name was found need far less.
package lex
