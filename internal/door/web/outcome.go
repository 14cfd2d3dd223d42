package web

import "github.com/paddock-dev/paddock/internal/core"

// refusal returns the error of an act that was not accepted. An act that
// waits for a human was accepted.
func refusal(err error) *core.Error {
	if err == nil || core.CodeOf(err) == core.Pending {
		return nil
	}
	return core.AsError(err)
}

// saidOf picks what the next page says: did, or that the act waits.
func saidOf(err error, did flash) flash {
	if core.CodeOf(err) == core.Pending {
		return didWait
	}
	return did
}
