package edge

import (
	"context"
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Onlookers are people who only read and whose every read is an event: the
// auditors. The zero value knows none.
type Onlookers struct {
	Is  func(who core.Person) bool
	Own func(permission string) bool // whether a right is about the caller's own things only
	// Saw writes the event of a read, before it is answered. app is the name of
	// the app that is read, or "". When it fails, the read is refused.
	Saw func(ctx context.Context, who core.Person, e core.Event, app string) error
}

// mostPath bounds how much of a path an event holds.
const mostPath = 200

// onlooker keeps an onlooker from changing anything but their own things, by
// the method of the request and Route.Reads alone, and logs what they read.
func (rt *Router) onlooker(route Route, r *http.Request, who core.Person) error {
	o := rt.o.Onlookers
	if o.Is == nil || !o.Is(who) {
		return nil
	}
	if !route.reads(r.Method) {
		if route.Permission == Anyone || o.Own(route.Permission) {
			return nil
		}
		return core.Errorf(core.Forbidden, "You hold the role auditor, which only reads.").Hinted("Ask somebody else to do this.")
	}
	if route.Permission == Anyone && strings.HasPrefix(route.Audit, "none:") {
		return nil // open to everybody
	}
	return o.Saw(r.Context(), who, Seen(route.Door, route.Pattern, r), r.PathValue("app"))
}

// Seen is the event of one read by somebody whose reads are all logged. The
// query is left out, because it may hold what somebody typed.
func Seen(door Door, pattern string, r *http.Request) core.Event {
	path := strings.ToValidUTF8(r.URL.Path, "?")
	if len(path) > mostPath {
		path = strings.ToValidUTF8(path[:mostPath], "") + "..."
	}
	return core.Event{Action: "auditor.read", Target: r.Method + " " + pattern, Code: "ok", Data: map[string]string{"path": path, "door": string(door)}}
}

// reads reports whether a request of a route only reads.
func (r Route) reads(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || r.Reads
}
