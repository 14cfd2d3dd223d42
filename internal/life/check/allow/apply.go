package allow

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// Approved is an approval that the governance repository holds: for one code, in
// one app, up to a day.
type Approved struct {
	ID    string `json:"id"`
	Code  string `json:"code"`
	App   string `json:"app"`
	Until string `json:"until"` // the last day, YYYY-MM-DD in UTC
	By    string `json:"by"`
}

// Judge says why a claim does not count, or "" with who approved it. today is
// YYYY-MM-DD in UTC.
func Judge(c Claim, known []Approved, app, today string) (why, by string) {
	switch {
	case len(strings.TrimSpace(c.Reason)) < 10:
		return "it gives no reason in a few words", ""
	case !isDay(c.Until):
		return "it names no last day, as in until=2026-12-31", ""
	case c.Until < today:
		return "its last day is past", ""
	case c.Approval == "":
		return "it names no approval", ""
	}
	why = "nobody knows this approval"
	for _, a := range known {
		switch {
		case a.ID != c.Approval:
		case a.Code != c.Code || a.App != app:
			why = "the approval is for something else"
		case a.Until < today:
			why = "the approval has ended"
		case c.Until > a.Until:
			why = "it lasts longer than the approval"
		default:
			return "", a.By
		}
	}
	return why, ""
}

// Apply lets the findings pass that a good claim on their line, or on the line
// above, asks for. It returns a finding for each claim that does not count.
func Apply(claims []Claim, known []Approved, app, today string, list []core.Finding) []core.Finding {
	var bad []core.Finding
	for _, c := range claims {
		why, by := Judge(c, known, app, today)
		if why != "" {
			bad = append(bad, findings.New("exemption_not_valid", findings.At{Path: c.Path, Line: c.Line, Column: c.Column, Quote: c.Quote}, "code", c.Code, "reason", why))
			continue
		}
		for i, f := range list {
			if f.Code == c.Code && f.Path == c.Path && (f.Line == c.Line || f.Line == c.Line+1) && f.Waived == nil {
				list[i].Blocking = false
				list[i].Waived = &core.Waiver{Kind: core.WaivedByApproval, Reason: findings.Clean(c.Reason, 300), Until: c.Until, By: by, Approval: findings.Clean(c.Approval, 80)}
			}
		}
	}
	return bad
}
