// Package docs serves the pages that findings and problems link to: what a
// finding's code means and how to mend it, and what an error's code means. The
// texts are those of the catalogue of findings and of the table in codes.go;
// the files in docs/reference are written from the same texts.
package docs
