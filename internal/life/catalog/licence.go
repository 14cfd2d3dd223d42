package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/spdx"
)

// checkLicences holds the licences that are named against the SPDX list.
func (s Settings) checkLicences(f *faults) {
	l := s.Licences
	checkLicenceRules(f, "licences", core.LicenceRules{Allow: l.Allow, Ask: l.Ask, Deny: l.Deny})
	audiences, classes := []string{"owners", "organisation", "public"}, []string{"public", "internal", "restricted", "phi"}
	for _, part := range []struct {
		key   string
		rules map[string]core.LicenceRules
		known []string
	}{{"licences.audiences", l.Audiences, audiences}, {"licences.classifications", l.Classifications, classes}} {
		names := make([]string, 0, len(part.rules))
		for name := range part.rules {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !slices.Contains(part.known, name) {
				f.add(part.key+"."+name, hintOneOf(name, part.known), "There is no %q here.", name)
			}
			checkLicenceRules(f, part.key+"."+name, part.rules[name])
		}
	}
}

func checkLicenceRules(f *faults, key string, r core.LicenceRules) {
	for _, part := range []struct {
		name string
		list []string
	}{{"allow", r.Allow}, {"ask", r.Ask}, {"deny", r.Deny}} {
		for i, id := range part.list {
			if _, ok := spdx.ID(id); ok || slices.Contains(spdx.Classes(), id) || strings.HasPrefix(id, "LicenseRef-") {
				continue
			}
			hint := core.DidYouMean(id, append(spdx.Classes(), spdx.IDs()...))
			if hint == "" {
				hint = "Write an id of the SPDX list, such as MIT, or a class: " + strings.Join(spdx.Classes(), ", ") + "."
			}
			f.add(fmt.Sprintf("%s.%s.%d", key, part.name, i), hint, "The licence %q is not known.", id)
		}
	}
}
