// Package preview says what a revision of the rules would mean before it is in
// force (POL-2, NEW-1): for the fleet, whether each app could still merge and
// deploy, and for the past, which decisions would have been others.
package preview
