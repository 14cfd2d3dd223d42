// Package osv is the database of known holes in packages: one local, signed,
// dated file, made from records in the OSV form.
//
// The file holds blocks of records, sorted by ecosystem and package name, an
// index with each block's first key and digest, and a signed description that
// pins the index. Opening reads the description and the index only; a lookup
// reads one block and checks its digest. So 200,000 records are never in memory
// at once, and a file that is unsigned, changed, or cut short is refused.
//
// Records come from outside: zips, folders and texts are bounded, and a record
// that cannot be read refuses the import, or is counted where that was asked.
package osv
