// Package secret keeps the organisation's secrets and lends their use to apps
// (SEC-2, SEC-5, SEC-6).
//
// A value is sealed before it reaches the database and opened for one purpose:
// the egress gateway adds it to an app's call to an approved vendor. The app
// never sees it. An app may use a secret only while it holds a lease on it:
//
//	Lease -> in force -> ended by time (Expires) or by Revoke
//	             ^  |
//	             +--+ Renew, while the app's deployment is live
//
// A lease ends by itself: Expires is compared with the clock at every use, so no
// job has to run for it to end (promise 6). Every change writes its event in
// the same transaction (promise 1), and no event holds a value (promise 7).
package secret
