package web

import (
	"net/http"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// frame is what surrounds every page.
type frame struct {
	title     string
	section   string // the path of the navigation item that is current
	signedIn  bool
	me        view.Me
	nav       []navItem
	said      flash
	problem   *core.Error // shown on top; nil if there is none
	requestID string
	now       time.Time
	style     string // paths of assets
	icon      string
	scripts   []string
	may       func(permission string) bool
}

type navItem struct {
	path, label string
	count       int // things that wait; 0 shows nothing
}

// frame gathers the surroundings of a page for the caller of r. If the caller
// cannot be read in full, the page still shows, with the e-mail alone.
func (p *Pages) frame(r *http.Request, title, section string) frame {
	ctx := r.Context()
	f := frame{title: title, section: section, said: flashOf(r), requestID: edge.RequestID(ctx), now: p.clock.Now(),
		style: p.assets.Path("paddock.css"), icon: p.assets.Path("icon.svg"),
		scripts: []string{p.assets.Path("htmx.js"), p.assets.Path("hx-csp.js"), p.assets.Path("paddock.js")},
		may:     func(string) bool { return false }}
	who, ok := edge.Caller(ctx)
	if !ok {
		return f
	}
	f.signedIn = true
	f.may = func(permission string) bool { return p.may(who, permission) }
	me, err := p.desk.Me(ctx, who)
	if err != nil {
		p.record(r, core.AsError(err))
		me = view.Me{Email: who.Email, Name: who.Name, Roles: who.Roles}
	}
	f.me = me
	f.nav = p.nav(who, me)
	return f
}

// nav lists the sections the caller may open.
func (p *Pages) nav(who core.Person, me view.Me) []navItem {
	items := []navItem{{path: "/", label: "Apps"}}
	if p.may(who, "audit.read") { // who looks after more than apps of their own
		items = append(items, navItem{path: "/components", label: "Components"})
	}
	if p.may(who, "approval.read") {
		items = append(items, navItem{path: "/approvals", label: "Approvals"})
	}
	if p.may(who, "audit.read") {
		items = append(items, navItem{path: "/audit", label: "Audit"})
	}
	if p.may(who, "approval.read") {
		items = append(items, navItem{path: "/access", label: "Access"})
	}
	if p.may(who, "review.read") {
		items = append(items, navItem{path: "/reviews", label: "Reviews"})
	}
	return append(items, navItem{path: "/notices", label: "Notices", count: me.Unread})
}

// with returns the frame with a problem shown on top of the page.
func (f frame) with(problem *core.Error) frame {
	f.problem = problem
	return f
}
