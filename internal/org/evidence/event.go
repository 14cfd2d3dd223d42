package evidence

import (
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
)

// Event is the audit event that says that the pack was taken, and how large its
// populations are.
func (s Summary) Event(by core.Actor, app core.ID) core.Event {
	data := map[string]string{"scope": s.Scope.label(), "events": strconv.Itoa(s.Events)}
	for _, kind := range []string{"apps", "decisions", "approvals", "deployments", "incidents", "people"} {
		data[kind] = strconv.Itoa(s.Counts[kind])
	}
	if !s.Scope.From.IsZero() {
		data["from"] = moment(core.Stamp(s.Scope.From))
	}
	if !s.Scope.To.IsZero() {
		data["to"] = moment(core.Stamp(s.Scope.To))
	}
	if s.First >= 0 {
		data["first"], data["last"] = strconv.FormatInt(s.First, 10), strconv.FormatInt(s.Last, 10)
	}
	return core.Event{Action: "evidence.export", Actor: by, AppID: app, Target: s.Scope.label(), Code: "ok", Data: data}
}
