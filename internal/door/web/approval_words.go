package web

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// answersOf lists the answers to a need; those of older records have only one.
func answersOf(n view.NeedState) []view.AnswerState {
	if len(n.Answers) == 0 && n.By != "" {
		return []view.AnswerState{{By: n.By, Yes: n.Yes, Note: n.Note, At: n.At, Counts: true}}
	}
	return n.Answers
}

// needLook is "yes" for a need that is met, "no" for one that was refused, else "".
func needLook(n view.NeedState) string {
	have := 0
	for _, a := range answersOf(n) {
		if !a.Yes {
			return "no"
		}
		if a.Counts {
			have++
		}
	}
	if have >= max(1, n.Quorum) {
		return "yes"
	}
	return ""
}

// lapsed reports whether a yes has lost its weight.
func lapsed(a view.AnswerState) bool { return a.Yes && !a.Counts }

func progressOf(n view.NeedState) string {
	return fmt.Sprintf("%d of %d have said yes", n.Have, n.Quorum)
}

// termsOf says what a need asks for besides a role.
func termsOf(n view.NeedState) string {
	var s []string
	if n.Certification != "" {
		s = append(s, "Needs the course "+strings.Join(strings.Fields(n.Certification), " and ")+".")
	}
	if n.StepUp {
		s = append(s, "Needs a fresh sign-in.")
	}
	if n.EscalateTo != "" && needLook(n) == "" {
		who := n.EscalateTo
		if role := core.Role(who); role.Valid() {
			who = "the " + strings.ToLower(roleTitle(role))
		}
		if n.Overdue {
			s = append(s, capital(who)+" may answer too now.")
		} else {
			s = append(s, "If nobody answers in time, "+who+" may.")
		}
	}
	return strings.Join(s, " ")
}

// linkBadge names what is known of two accounts.
func linkBadge(s core.SameState) badge {
	switch s {
	case core.SameLinked:
		return badge{"One human", "check", "ok"}
	case core.SameNot:
		return badge{"Two humans", "person", "off"}
	}
	return badge{"Looks like one", "alert", "warn"}
}

// met reports whether everybody who was needed in a role has said yes.
func met(a view.ApprovalExplained, role core.Role) bool {
	for _, n := range a.Needs {
		if n.Role == role {
			return needLook(n) == "yes"
		}
	}
	return false
}
