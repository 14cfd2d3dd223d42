// Package history finds secrets in what git keeps: every commit of a range,
// and what is staged for the next one.
//
// Git's own program reads the repository, but never the repository's own
// settings, hooks or attributes: it works in a folder of ours that only points
// at the objects and the refs (see borrow). Each version of a file is read
// once, and only its lines that no earlier version had are searched. What git
// cannot read makes the result incomplete: commits are counted twice, by what
// was read and by git rev-list --count.
package history
