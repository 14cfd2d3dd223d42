// Package script reads JavaScript, TypeScript and the scripts of HTML pages for
// typing errors, and the tags of pages. esbuild reads the scripts, as it does
// when an app is built. Scripts that could make it run away are refused first
// (see bounds.go) and count as not read.
package script
