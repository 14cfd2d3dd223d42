package core

// Source is a place that facts come from, with its own clock: the life-cycle
// counts only time in which the source could be read (promise 3).
type Source struct {
	Name   string
	Status FactStatus // Seen while readable, else ReadFailed
	Since  int64      // Stamp; when it came to this status
	ReadAt int64      // Stamp of the last good reading
	Stood  int64      // microseconds in total for which it could not be read
}

// Outage is a time in which a source could not be read: from its last good
// reading before to its first good reading after.
type Outage struct {
	Source string
	Began  int64 // Stamp
	Ended  int64 // Stamp, not before Began
}
