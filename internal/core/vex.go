package core

import "fmt"

// VEX is an OpenVEX document that somebody with the right to has added.
type VEX struct {
	ID     ID
	Digest string // sha256:..., of Body
	Body   []byte
	By     ID
	ByName string // e-mail
	Added  int64
}

// SetAside is a known hole in a package that does not count, because an OpenVEX
// statement says so.
type SetAside struct {
	Package       string `json:"package"` // package URL
	Vulnerability string `json:"vulnerability"`
	Status        string `json:"status"` // not_affected | fixed
	Justification string `json:"justification,omitempty"`
	Impact        string `json:"impact_statement,omitempty"` // the author's reasons, in their words
	Author        string `json:"author"`                     // who says so, as the document has it
	Document      string `json:"document"`                   // its @id
	From          string `json:"from"`                       // who vouches for it: a file of the governance repository, or an e-mail
	At            string `json:"at"`                         // the statement's moment, RFC 3339
}

// String says it in one sentence: what, who says so, and why.
func (s SetAside) String() string {
	why := s.Justification
	if s.Impact != "" {
		if why != "" {
			why += ": "
		}
		why += s.Impact
	}
	if why != "" {
		why = " (" + why + ")"
	}
	return fmt.Sprintf("%s in %s is set aside by VEX: %s%s, says %s, by %s", s.Vulnerability, s.Package, s.Status, why, s.Author, s.From)
}
