package evidence

import (
	"reflect"

	"github.com/paddock-dev/paddock/internal/core"
)

// grants checks that each grant has a known end, and that those of people say
// what their events say: what was asked, who decided, what was done, the end.
func (v *check) grants(app string, c *cursor[grantRecord], g *logged, decisions map[string]decided) {
	now := stamp(v.manifest.MadeAt)
	seen := map[string]bool{}
	c.each(app, func(r *grantRecord, where string) {
		if over, known := grantEnds[r.End]; !known || over != (r.Ended != "") {
			v.res.add(where, "Grant %s has no known end.", r.ID)
		}
		if r.Kind != kindAccess {
			return
		}
		e := g.access[r.ID]
		if e == nil || r.Access == nil || seen[r.ID] {
			v.res.add(where, "Grant %s: %s.", r.ID, unlogged("grant", r.ID))
			return
		}
		seen[r.ID] = true
		if !reflect.DeepEqual(*r, e.record(now)) {
			v.res.add(where, "Grant %s does not say what its events say.", r.ID)
		}
		if fault := e.fault(); fault != "" {
			v.res.add(where, "Grant %s: %s.", r.ID, fault)
		}
		if d, ok := decisions[r.Access.Decision]; e.granted && (ok || v.manifest.Scope.Grant != "") && (d.gate != string(core.GateAccessElevate) || d.result != string(core.Allow) || d.subject != r.Access.Digest) {
			v.res.add(where, "Grant %s rests on decision %s, which does not allow it.", r.ID, r.Access.Decision)
		}
		v.tally.grants++
		v.tally.uses += len(r.Access.Uses)
	})
	for id, e := range g.access {
		if e.granted && !seen[id] && g.began[id] {
			v.res.add(fileOf("grants"), "The log has grant %.80q, which the pack leaves out.", id)
		}
	}
	if want := v.manifest.Scope.Grant; want != "" && app == v.manifest.Scope.AppID && (!seen[want] || g.access[want].Access.Digest != v.manifest.Scope.GrantDigest) {
		v.res.add(manifestFile, "The pack does not hold the grant that it is about.")
	}
}
