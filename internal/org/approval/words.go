package approval

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// askNotice asks one person for an answer.
func askNotice(p core.Person, r core.ApprovalRequest) core.Notice {
	return core.Notice{Person: p.ID, AppID: r.AppID, Key: "approval:" + string(r.ID), Title: "Your answer is needed: " + r.Subject,
		Body: reasons(r.Needs) + "The request ends on " + day(r.Expires) + ".", Link: "/approvals"}
}

// endNotice tells the requester what was answered.
func endNotice(r core.ApprovalRequest, last core.Approval) core.Notice {
	n := core.Notice{Person: r.Requester, AppID: r.AppID, Key: "approval:" + string(r.ID) + ":" + string(r.State), Link: r.Link}
	if r.State == core.ApprovalGranted {
		n.Title, n.Body = "Approved: "+r.Subject, "All answers are yes. You can go on until "+day(r.Expires)+"."
		return n
	}
	n.Title, n.Body = "Not approved: "+r.Subject, "The answer was no. The reason: "+last.Note
	return n
}

// unmetTicket asks the platform team for people.
func unmetTicket(r core.ApprovalRequest, missing []core.Need) core.Ticket {
	return core.Ticket{AppID: r.AppID, Key: "approval.unmet:" + string(r.ID), Title: "Nobody can approve: " + r.Subject, Open: true,
		Body: "It needs the role " + roles(missing) + ". Nobody who may answer holds it. Give somebody the role, then ask again."}
}

// unmetNotice tells one person of the platform team about that ticket.
func unmetNotice(p core.Person, r core.ApprovalRequest, t core.Ticket) core.Notice {
	return core.Notice{Person: p.ID, AppID: r.AppID, Key: t.Key, Title: t.Title, Body: t.Body, Link: r.Link}
}

func roles(needs []core.Need) string {
	s := make([]string, len(needs))
	for i, n := range needs {
		s[i] = string(n.Role)
	}
	return strings.Join(s, ", ")
}

func reasons(needs []core.Need) string {
	var b strings.Builder
	for _, n := range needs {
		if n.Reason != "" {
			b.WriteString(strings.TrimRight(n.Reason, ". ") + ". ")
		}
	}
	return b.String()
}

func day(stamp int64) string { return core.Moment(stamp).Format("2 January 2006") }

// shown shortens a digest for people.
func shown(digest string) string {
	if len(digest) > 19 {
		return digest[:19] + "..."
	}
	return digest
}
