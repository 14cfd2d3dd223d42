// Package issuer makes Paddock an OpenID Connect issuer for the apps it runs
// (SEC-5): a service that trusts it can know an app by a token of five minutes
// and needs no long-lived key.
//
// Its keys are rows that never change: each is announced in the published set
// before it signs, and stays there until the last token it signed has ended.
//
//	created ----- announced -----> begins ----- signs -----> next begins -- Linger --> gone
//
// Which key signs and which are published follows from the rows and the clock
// alone, so it needs no job, and every server of a fleet gives the same answer.
package issuer
