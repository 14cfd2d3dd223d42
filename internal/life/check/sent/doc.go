// Package sent reads files that somebody sends to have them checked: as JSON, or
// packed as zip, tar or gzipped tar. Nothing is written to the disk.
//
// What is sent is hostile. Number, size, depth and names are bounded, whatever
// an archive says of itself; a name that git would not keep is refused. Links are
// kept as links, which nobody follows, and anything else that is no plain file as
// something nobody can read, so that the checks say so.
package sent
