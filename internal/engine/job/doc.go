// Package job does work after the request has ended: single tasks through the
// river queue, enqueued in the caller's transaction, and sagas, multi-step acts
// that survive a crash at any point (promise 8).
package job
