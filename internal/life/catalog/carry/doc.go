// Package carry writes a revision of the governance repository as one signed
// file, and reads it where there is no network between two sites.
//
// The file is a gzipped tar archive. Its first entry is a DSSE envelope over the
// list of all files with their digests; then come exactly these files, in this
// order. So a reader knows what may come before it reads any of it, and whatever
// else is in the archive is refused. Equal revisions are equal bytes.
package carry
