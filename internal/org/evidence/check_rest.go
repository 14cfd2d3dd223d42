package evidence

import "github.com/paddock-dev/paddock/internal/core"

// checkRest checks that the other records can be read and are all there. They
// are vouched for by the manifest's signature alone.
func (v *check) checkRest() {
	var a appRecord
	if v.load("app.json", &a) && (a.ID != v.manifest.App.ID || a.Name != v.manifest.App.Name) {
		v.res.add("app.json", "The record is about another app.")
	}
	counted[personRecord](v, "people")
	counted[vendorRecord](v, "vendors")
	counted[incidentRecord](v, "incidents")
	counted[Cost](v, "costs")
	counted[core.Report](v, "reports")
	for _, l := range counted[leaseRecord](v, "leases") {
		if l.End != "in force" && l.End != "expired" && l.End != "revoked" {
			v.res.add("leases.json", "Lease %s has no known end.", l.ID)
		}
	}
}

// counted reads a list of records and holds its length against the manifest.
func counted[T any](v *check, kind string) []T {
	var all []T
	if v.load(kind+".json", &all) {
		v.count(kind, len(all))
	}
	return all
}
