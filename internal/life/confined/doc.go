// Package confined runs work on outside input in a process of its own: this
// binary, started again with a hidden argument. That process may open no file and
// no socket, has bounded memory, stack and time, and sees only what comes through
// its standard input. If it dies, only that piece of work fails.
package confined
