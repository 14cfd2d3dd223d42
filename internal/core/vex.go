package core

// VEXStatus is what a statement says of a vulnerability, as OpenVEX names it.
type VEXStatus string

// The statuses.
const (
	VEXNotAffected VEXStatus = "not_affected"
	VEXAffected    VEXStatus = "affected"
	VEXFixed       VEXStatus = "fixed"
	VEXUnderReview VEXStatus = "under_investigation"
)

// VEXStatement says whether a vulnerability matters to a component, in one app
// or in all.
type VEXStatement struct {
	ID            ID
	Document      string // @id of the OpenVEX document
	Digest        string // of the document as it came
	Vulnerability string
	Aliases       []string
	AppID         ID     // empty for every app
	App           string // its name; empty for every app
	Ecosystem     string // empty for every component
	Name          string
	Version       string // empty for every version
	Status        VEXStatus
	Justification string // why it is not affected, as OpenVEX names it
	Statement     string // impact or action, in the author's words
	Author        string
	Stated        int64
	Source        string // where it was accepted: "governance" or the person's e-mail
	Accepted      int64
	Expires       int64 // 0 for no end
}

// InForce reports whether the statement counts at a moment.
func (s VEXStatement) InForce(now int64) bool { return s.Expires == 0 || now < s.Expires }

// Clears reports whether the statement says that nothing need be done.
func (s VEXStatement) Clears() bool { return s.Status == VEXNotAffected || s.Status == VEXFixed }

// Covers reports whether the statement is about a component of an app.
func (s VEXStatement) Covers(app string, c Component) bool {
	return (s.App == "" || s.App == app) && (s.Name == "" || s.Name == c.Name && (s.Ecosystem == "" || s.Ecosystem == c.Ecosystem)) &&
		(s.Version == "" || s.Version == c.Version)
}

// Speaks reports whether the statement is about one of the names of a vulnerability.
func (s VEXStatement) Speaks(names ...string) bool {
	for _, n := range names {
		if n != "" && n == s.Vulnerability {
			return true
		}
		for _, a := range s.Aliases {
			if n != "" && n == a {
				return true
			}
		}
	}
	return false
}
