// Package fault breaks a process on purpose, at one chosen system call: a child
// process hands its writes, syncs, truncations, renames and removals to the test
// before they happen (seccomp user notification), and the test lets each happen,
// makes it fail, delays it, tears it in half, or kills the process there. Calls
// of all threads are seen in one order, so "the n-th write" has a meaning.
//
// The child calls Confine first of all. A program that knows nothing of this,
// such as git or the real server, is started by way of a test binary whose
// TestMain calls Confine and Become.
package fault
