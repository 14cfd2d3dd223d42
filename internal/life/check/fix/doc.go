// Package fix does what the exact edits of findings say: all edits of a file at
// once, from its end to its beginning, or none of them.
//
// It writes into a folder that may be hostile, so it refuses links, files outside
// of the folder, and a file that is not as it was when it was checked.
package fix
