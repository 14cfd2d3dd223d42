// Package tree reads the files of an app once, within bounds, for all checks.
//
// The files are hostile: links, devices, huge or endless files are never
// opened or followed; each one is named in Unread, so that no check can pass
// over it in silence.
package tree
