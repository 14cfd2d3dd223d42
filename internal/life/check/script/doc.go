// Package script reads JavaScript, TypeScript and the scripts of HTML pages
// into syntax trees, once for all checks that look at code.
//
// esbuild takes the types away and prints plain JavaScript with a source map;
// tdewolff/parse makes the tree; Place leads every node back to its line in
// the maker's file. Scripts that could make a parser run away are refused
// first (see bounds.go) and count as not read.
package script
