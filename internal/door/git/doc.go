// Package git is the door for git clients: the smart HTTP protocol
// (gitprotocol-http(5)), and the hooks by which every push is judged before it
// is kept (CHK-1, SEC-4).
//
// Data's way: a client's request is authenticated here, git itself speaks the
// protocol, git starts the hook command, the hook command asks the HookServer
// over a unix socket, and the HookServer asks the Gatekeeper. A token that is
// good for one push ties the hook to the caller. Whatever fails on that way
// refuses the push, and git then drops all that it brought.
package git
