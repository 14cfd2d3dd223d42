// Package parcel is the one exact form of an evidence pack's file: a zip archive
// whose members are stored, not compressed, in a given order with a fixed date,
// so that the same content gives the same bytes and no byte is unaccounted for.
// Ordinary tools open it.
//
// A [Writer] copies members from [Spool] files, so that its memory does not
// depend on their size. [Open] accepts that one form only, without reading any
// content: no compression (so no bomb), no two members of one name, no path out
// of the folder, nothing before, between or after.
package parcel
