package erasure

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Counts says in words what goes.
func (r Result) Counts() string {
	return fmt.Sprintf("%d values in %d events of the log, %d sign-in links, sessions and tokens, %d notices, %d other records, %d apps' descriptors",
		r.Values, r.Events, r.Credentials, r.Notices, r.Records, len(r.Apps))
}

// WriteText writes the result for people.
func (r Result) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "The person %s is erased, and is called %s from now on.\n", r.Person, r.As)
	fmt.Fprintf(&b, "erased   %s\n", r.Counts())
	if len(r.Apps) > 0 {
		fmt.Fprintf(&b, "apps     %s; a microapp.yaml that still names the person brings the name back with the next merge\n", strings.Join(r.Apps[:min(10, len(r.Apps))], ", "))
	}
	fmt.Fprintf(&b, "kept     %d decisions name the person in what their digest binds\n", r.Decisions)
	if r.Documents > 0 {
		fmt.Fprintf(&b, "kept     %d documents do so (SBOMs of reports, OpenVEX)\n", r.Documents)
	}
	if r.EventsClear > 0 {
		fmt.Fprintf(&b, "kept     %d events of the log do so in their logged bytes, outside of a commitment\n", r.EventsClear)
	}
	b.WriteString("Git repositories, backups, evidence packs and exports keep what they had.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes the result for programs.
func (r Result) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		OK bool `json:"ok"`
		Result
	}{true, r})
}
