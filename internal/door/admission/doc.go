// Package admission is the door for Kubernetes: an API server asks here whether
// a workload may run, as admission.k8s.io/v1 says. The door decodes, asks the
// gate workload.admit and encodes; it holds no rules.
//
// What it cannot answer it answers with an HTTP status, so that the API server
// does what the webhook's failurePolicy says.
package admission
