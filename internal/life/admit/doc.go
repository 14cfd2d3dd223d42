// Package admit answers a cluster that asks whether a workload may run: it
// finds the app that the namespace belongs to, reads what rules need of the
// workload, and asks the gate workload.admit.
package admit
