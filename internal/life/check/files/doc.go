// Package files holds a tree of files in memory, as a file system that gives
// every folder in the order of its names: the files of a commit, of an index, or
// of another process.
package files
