package regions

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/lex"
)

// placeWords are words of settings whose value is a place.
var placeWords = []string{"region", "regions", "location", "locations", "zone", "zones", "az", "azs", "datacenter", "datacenters", "datacentre", "jurisdiction", "locationhint",
	"locationname", "regionname", "awsregion", "gcpregion", "azurelocation", "multiregion", "placement", "withregion", "dc", "residency"}

// otherZones are words before zone and location that make it something else.
var otherZones = []string{"time", "hosted", "dns", "drop", "safe", "danger", "window", "file", "source"}

// isPlaceKey reports whether the value of a setting of this name is a place.
func isPlaceKey(name string) bool {
	if strings.HasSuffix(name, "GetAZs") {
		return true
	}
	list := lex.Words(name)
	for i, w := range list {
		if slices.Contains(placeWords, w) && (i == 0 || !slices.Contains(otherZones, list[i-1])) {
			return true
		}
	}
	return false
}

// isChoice reports whether a name is that of a list of what could be chosen.
func isChoice(name string) bool {
	for _, w := range lex.Words(name) {
		switch w {
		case "allowed", "enum", "choices", "options", "supported", "valid", "known", "oneof", "possible", "available", "validation", "all", "examples", "example", "description", "supports", "default_regions", "labels", "names", "titles":
			return true
		}
	}
	return false
}

// general are names of settings that only say what is around them: the value of
// something else.
func isGeneral(name string) bool {
	switch strings.ToLower(name) {
	case "default", "value", "values", "defaultvalue", "fallback", "ref", "const", "initial", "env", "content":
		return true
	}
	return false
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
