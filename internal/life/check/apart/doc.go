// Package apart runs the checks of outside files in a confined process, so that
// files which crash a parser, or make it loop or grow, end that process only. Then
// the report says so, and blocks.
//
// The process is sent everything it needs through its standard input: rules,
// keys, statements and all files. It may ask one thing back, what the merge rules
// say, for they are the server's and are decided there and nowhere else.
package apart
