// Package admission measures how many AdmissionReviews of one Pod are answered in
// a second over TLS, side by side: by Paddock with its store, by a plain Go
// webhook that only decodes and answers, by OPA as a library, by opa run --server
// and by Gatekeeper, all with the same rule:
//
//	make bench-admission
//
// Each server is a process of its own. They are measured by turns.
package admission
