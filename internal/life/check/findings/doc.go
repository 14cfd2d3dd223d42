// Package findings holds the one catalogue of finding codes, with the plain
// words a maker reads (CHK-5), and makes findings from it.
//
// A check never writes its own prose: it names a code and the values to fill
// in. So every text is in one place, and one test reads them all.
package findings
