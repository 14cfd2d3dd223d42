package core

// Delegation says that somebody is away for a time, and who answers for them.
type Delegation struct {
	ID       ID
	Person   ID // who is away
	Delegate ID // who answers for them; empty if nobody does
	From     int64
	Until    int64 // they are back then
	Reason   string
	By       ID    // who set it up
	Ended    int64 // it was ended early then; 0 if it was not
	Created  int64
}

// InForce reports whether the person is away at a moment.
func (d Delegation) InForce(now int64) bool { return d.From <= now && now < d.end() }

// Touches reports whether it was in force at any moment from one to another, both
// included.
func (d Delegation) Touches(from, to int64) bool {
	return d.From < d.end() && d.From <= to && from < d.end()
}

func (d Delegation) end() int64 {
	if d.Ended != 0 && d.Ended < d.Until {
		return d.Ended
	}
	return d.Until
}
