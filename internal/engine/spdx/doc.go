// Package spdx reads licence expressions as packages write them: SPDX ids and
// expressions, the spellings that came before them, and what only looks like
// one. ids.txt holds the ids of the SPDX list as CycloneDX 1.6 knows them.
//
// It knows words, not law: what a licence means for an app is decided by
// package licences.
package spdx
