package training

import "github.com/paddock-dev/paddock/internal/core"

// Buddy chooses who helps the maker of a new app: the platform engineer with
// the fewest apps to help with (load), never the owner, the smaller id if equal.
// It returns "" when there is nobody.
func Buddy(people []core.Person, load map[core.ID]int, owner core.ID) core.ID {
	best := core.ID("")
	for _, p := range people {
		if p.Disabled || p.ID == owner || !p.Has(core.RolePlatform) {
			continue
		}
		if best == "" || load[p.ID] < load[best] || load[p.ID] == load[best] && p.ID < best {
			best = p.ID
		}
	}
	return best
}
