package approval

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// stepUp is the refusal of somebody whose sign-in is too long ago.
func stepUp() error {
	return core.Errorf(core.Forbidden, "This answer needs a fresh sign-in.").At("step_up").
		Hinted("Sign in again, then answer within %d minutes. An access token cannot give this answer.", int(Fresh.Minutes()))
}

// askNotice asks one person for an answer.
func askNotice(p core.Person, m *Matter) core.Notice {
	r := m.Req
	place := ""
	for _, n := range m.waiting() {
		if by, ok, _ := m.may(p, n); ok && by.of != "" {
			place = "You answer in the place of " + m.named(by.of) + ". "
			break
		}
	}
	return core.Notice{Person: p.ID, AppID: r.AppID, Key: "approval:" + string(r.ID), Title: "Your answer is needed: " + r.Subject,
		Body: place + reasons(r.Needs) + "The request ends on " + day(r.Expires) + ".", Link: "/approvals/" + string(r.ID)}
}

// overdueNotice asks somebody because nobody has answered in time.
func overdueNotice(p core.Person, m *Matter, n core.Need) core.Notice {
	body := fmt.Sprintf("Nobody with the role %s has answered within %d hours. ", n.Role, n.WithinHours)
	if !m.is(p, n.Role) {
		body += "You may answer now. "
	}
	return core.Notice{Person: p.ID, AppID: m.Req.AppID, Key: overdueKey(m.Req, n), Title: "Overdue: " + m.Req.Subject,
		Body: body + reasons([]core.Need{n}) + "The request ends on " + day(m.Req.Expires) + ".", Link: "/approvals/" + string(m.Req.ID)}
}

func overdueKey(r core.ApprovalRequest, n core.Need) string {
	return "approval.overdue:" + string(r.ID) + ":" + string(n.Role)
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
func unmetTicket(m *Matter, missing []core.Need) core.Ticket {
	who := "It needs the role " + roles(missing) + ". Nobody who may answer holds it. "
	for _, n := range missing {
		if n.Count() > 1 || n.Certification != "" {
			who += fmt.Sprintf("%s: %d people", n.Role, n.Count())
			if n.Certification != "" {
				who += " with the course " + n.Certification
			}
			who += ". "
			break
		}
	}
	return core.Ticket{AppID: m.Req.AppID, Key: "approval.unmet:" + string(m.Req.ID), Title: "Nobody can approve: " + m.Req.Subject, Open: true,
		Body: who + "Give somebody the role, then ask again."}
}

// unmetNotice tells one person of the platform team about that ticket.
func unmetNotice(p core.Person, r core.ApprovalRequest, t core.Ticket) core.Notice {
	return core.Notice{Person: p.ID, AppID: r.AppID, Key: t.Key, Title: t.Title, Body: t.Body, Link: r.Link}
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
