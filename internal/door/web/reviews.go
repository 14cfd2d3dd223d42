package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// reviewShown is what the page of access reviews shows: one of them in full.
type reviewShown struct {
	all    []view.Review
	page   view.RightPage
	query  view.RightQuery
	wrong  core.ID // the right whose decision was refused
	reason string  // what was typed there
}

// reviews shows the access reviews; the newest in full, or the one that is asked for.
func (p *Pages) reviews(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showReviews(w, r, who, r.URL.Query(), reviewShown{}, nil)
}

func (p *Pages) showReviews(w http.ResponseWriter, r *http.Request, who core.Person, q url.Values, s reviewShown, problem *core.Error) error {
	var err error
	if s.all, err = p.desk.AccessReviews(r.Context(), who); err != nil {
		return err
	}
	s.query = view.RightQuery{Open: q.Get("show") != "all", Unused: q.Get("show") == "unused", After: q.Get("after"), Limit: 50}
	name := q.Get("review")
	if name == "" && len(s.all) > 0 {
		name = s.all[0].Name
	}
	if name != "" {
		if s.page, err = p.desk.ReviewRights(r.Context(), who, name, s.query); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if problem != nil {
		p.record(r, problem)
		status = statusOf(problem)
	}
	return p.show(w, r, status, reviewsPage(p.frame(r, "Access reviews", "/reviews").with(problem), s))
}

// decideRight takes a reviewer's decision; one that is refused keeps what was typed.
func (p *Pages) decideRight(w http.ResponseWriter, r *http.Request, who core.Person) error {
	id, reason := core.ID(r.PathValue("id")), r.PostForm.Get("reason")
	back := url.Values{"review": {r.PostForm.Get("review")}, "show": {r.PostForm.Get("show")}}
	right, err := p.desk.DecideRight(r.Context(), who, id, r.PostForm.Get("decision"), reason)
	if problem := refusal(err); problem != nil {
		return p.showReviews(w, r, who, back, reviewShown{wrong: id, reason: reason}, problem)
	}
	said := didKeepRight
	switch {
	case right.Gone != nil:
		said = didTakeRight
	case right.Decision == string(core.ReviewRemove):
		said = didAskRight
	}
	return done(w, r, "/reviews?"+back.Encode(), said)
}

func reviewPath(name, show, after string) string {
	v := url.Values{"review": {name}}
	if show != "" {
		v.Set("show", show)
	}
	if after != "" {
		v.Set("after", after)
	}
	return "/reviews?" + v.Encode()
}

// shows names what is shown of a review, as its links do.
func shows(q view.RightQuery) string {
	switch {
	case q.Unused:
		return "unused"
	case q.Open:
		return "open"
	}
	return "all"
}

// reviewCount says how far a review is.
func reviewCount(r view.Review) string {
	if !r.Whole {
		return "The rights are still being listed."
	}
	if r.Open == 0 {
		return "Every right is decided: " + strconv.Itoa(r.Kept) + " stay, " + strconv.Itoa(r.Removed+r.Pending) + " go."
	}
	return plural(r.Open, "right waits", "rights wait") + " for a decision."
}

// reviewBadge says where a review stands.
func reviewBadge(r view.Review) badge {
	switch {
	case r.Overdue:
		return badge{"Overdue", "alert", "bad"}
	case r.Open > 0 || !r.Whole:
		return badge{"Open", "clock", "wait"}
	case r.Pending > 0:
		return badge{"Removals wait", "clock", "warn"}
	}
	return badge{"Done", "check", "ok"}
}

// rightBadge says what has become of a right.
func rightBadge(r view.Right) badge {
	switch {
	case r.Gone != nil:
		return badge{"Gone", "check", "off"}
	case r.Decision == string(core.ReviewRemove):
		return badge{"To go", "clock", "warn"}
	case r.Decision == string(core.ReviewKeep):
		return badge{"Stays", "check", "ok"}
	case r.Unused:
		return badge{"Not used", "alert", "warn"}
	}
	return badge{"Open", "clock", "wait"}
}
