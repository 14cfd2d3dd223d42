// Package run carries the traffic of apps that are deployed on this machine
// (RUN-1, SEC-5, NEW-2). For each app it starts and stops processes through an
// Engine, answers static files itself, passes the rest to the process, keeps
// the limits (requests in flight, time, size), owns the app's database, guards
// what leaves the app, and measures use. It knows nothing of how a process is
// made: adapters do that.
//
// An app is in one of three conditions:
//
//	cold (no process) --request--> warm --idle, crash, limit--> cold
//	Stop: the app is not served any more; its data stays
package run
