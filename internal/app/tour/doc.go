// Package tour walks the whole road of an app, from a form to its evidence,
// against a server of its own, through the public doors only: the pages'
// sign-in, the JSON API, git over HTTP, the app's own address, and this
// program's commands. Every step verifies what it says.
package tour
