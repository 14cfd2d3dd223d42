package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Exemption lets one app off one rule for a time: the rule's denial becomes a
// warning that says so.
type Exemption struct {
	// ID is the name by which a comment in the app's code refers to it. With one,
	// Rule is the code of a finding, and it lets nothing pass without the comment.
	ID       string `json:"id,omitempty"`
	Rule     string `json:"rule"` // code of the denial, or of the finding
	App      string `json:"app"`  // name of the app
	Reason   string `json:"reason"`
	Approver string `json:"approver"` // e-mail
	Expires  string `json:"expires"`  // YYYY-MM-DD, the last day it holds, in UTC
	Ticket   string `json:"ticket"`
}

// holds reports whether the exemption lets an app off now. It is read at every
// use, so an exemption ends without a job. Nobody exempts an app of their own.
func (e Exemption) holds(code string, app Subject) bool {
	own := func(email string) bool { return strings.EqualFold(email, e.Approver) }
	return e.ID == "" && e.Rule == code && e.App == app.App && app.App != "" && app.Day != "" && app.Day <= e.Expires &&
		!own(app.Owner) && !slices.ContainsFunc(app.CoOwners, own)
}

// Says is the sentence that an exempted denial ends with.
func (e Exemption) Says() string {
	return fmt.Sprintf("This app is exempt until %s by %s.", e.Expires, e.Approver)
}

// Key names an exemption: a rule and an app, and its ID if it has one.
func (e Exemption) Key() string { return strings.TrimSpace(e.Rule + " " + e.App + " " + e.ID) }

// exemptionLines are what exemptions add to the name of a revision.
func exemptionLines(list []Exemption, line func(format string, args ...any)) {
	for _, e := range list {
		b, err := json.Marshal(e)
		if err != nil {
			panic("policy: an exemption of plain texts did not encode: " + err.Error())
		}
		line("exemption %s\n", b)
	}
}

// exemptionFaults finds exemptions from rules that do not exist, and dates that
// are none. Field is the key at fault, e.g. "exemptions.0.rule". One without a
// rule or a date never holds.
func exemptionFaults(list []Exemption, known []string) []*core.Error {
	var out []*core.Error
	for i, e := range list {
		key := fmt.Sprintf("exemptions.%d", i)
		if e.ID == "" && e.Rule != "" && !slices.Contains(known, e.Rule) {
			out = append(out, core.Errorf(core.Invalid, "The exemption of %s names the rule %q, but no policy gives that code.", e.App, e.Rule).
				Hinted("%s", core.DidYouMean(e.Rule, known)).At(key+".rule"))
		}
		if _, err := time.Parse(time.DateOnly, e.Expires); err != nil && e.Expires != "" {
			out = append(out, core.Errorf(core.Invalid, "The exemption of %s ends on %q, which is not a date.", e.App, e.Expires).
				Hinted("Write it as YYYY-MM-DD, for example 2026-12-31.").At(key+".expires"))
		}
	}
	return out
}
