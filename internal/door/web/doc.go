// Package web is the door for people with a browser: it decodes a form or a
// query, asks the desk, and answers with a page.
//
// Every page works without script: forms post and get a 303 to a page, or the
// same page again with each error beside its field and the input kept. Script
// only adds: fragments of a page are refreshed through htmx, gated by hx-csp
// on the nonce that the edge puts into the context (templ.WithNonce). Without
// a nonce no script is sent at all.
//
// No rule lives here. What a caller may do is decided by the gate behind the
// desk; pages only show what the desk says of it.
package web
