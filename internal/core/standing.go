package core

// Standing is where an app's work stands, for lists.
type Standing struct {
	Changed  bool            // there is a change, open or not
	Open     int             // number of the newest open change; 0 for none
	Verdict  Verdict         // of that change's head; empty while it is checked
	Creation []ApprovalState // of the requests to make the app
}
