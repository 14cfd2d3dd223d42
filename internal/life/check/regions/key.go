package regions

import (
	"bytes"
	"slices"
	"strings"
)

// words splits a name as people write it in code: AWS_DEFAULT_REGION,
// primaryRegion and topology.kubernetes.io/zone into small words.
func words(name string) []string {
	var out []string
	start := 0
	cut := func(to int) {
		if to > start {
			out = append(out, strings.ToLower(name[start:to]))
		}
		start = to
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case !letter(c) && !digit(c):
			cut(i)
			start = i + 1
		case i > start && upper(c) && (!upper(name[i-1]) || i+1 < len(name) && letter(name[i+1]) && !upper(name[i+1])):
			cut(i)
		}
	}
	cut(len(name))
	return out
}

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
	list := words(name)
	for i, w := range list {
		if slices.Contains(placeWords, w) && (i == 0 || !slices.Contains(otherZones, list[i-1])) {
			return true
		}
	}
	return false
}

// isChoice reports whether a name is that of a list of what could be chosen.
func isChoice(name string) bool {
	for _, w := range words(name) {
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

func letter(c byte) bool { return c >= 'a' && c <= 'z' || upper(c) }
func upper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
func nameByte(c byte) bool {
	return letter(c) || digit(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '$' || c == '@'
}

// lastName returns the name at the end of text, as in `x.region` or
// `"region"`, and what is before it.
func lastName(b []byte) (name string, before []byte) {
	b = bytes.TrimRight(b, " \t?!") // region?: and region! are of languages with types
	if n := len(b); n > 1 && (b[n-1] == '"' || b[n-1] == '\'' || b[n-1] == '`') {
		if i := bytes.LastIndexByte(b[:n-1], b[n-1]); i >= 0 && n-i < 120 && bytes.IndexByte(b[i:n], '\n') < 0 {
			return string(b[i+1 : n-1]), b[:i]
		}
	}
	if bytes.HasSuffix(b, []byte("]")) { // env["AWS_REGION"]
		if i := bytes.LastIndexByte(b, '['); i >= 0 && len(b)-i < 120 {
			return strings.Trim(string(b[i+1:len(b)-1]), `"'`), b[:i]
		}
	}
	i := len(b)
	for i > 0 && nameByte(b[i-1]) {
		i--
	}
	name = strings.TrimLeft(string(b[i:]), "-./@")
	return name, b[:i]
}
