// Package names finds thousands of known names in the files of an app in one
// pass, for all checks that look for names of places and of firms.
//
// A name is found where a word begins. Capital letters count as small ones and
// an underscore as a hyphen, so that US_EAST_1 is us-east-1.
package names
