package core

import "time"

// Clock tells the time. Everything that reads the time takes one, so tests and
// the tour can move it.
type Clock interface {
	// Now returns the current time in UTC.
	Now() time.Time
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now returns the machine's time in UTC.
func (SystemClock) Now() time.Time { return time.Now().UTC() }

// Stamp is a moment as it is stored: microseconds since 1970 in UTC.
func Stamp(t time.Time) int64 { return t.UnixMicro() }

// Moment reads a stored moment back; zero stands for "never".
func Moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
