// Package lockfile reads what npm wrote down about an app's packages:
// package-lock.json of versions 2 and 3, and package.json beside it.
//
// The files are hostile: sizes, numbers and names are bounded, and what cannot
// be read is an error, never an empty list.
package lockfile
