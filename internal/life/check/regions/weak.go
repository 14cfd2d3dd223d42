package regions

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

// keyNames are names of settings after which a short name of a region counts.
func keyNames() []string {
	return []string{"region", "regions", "location", "locations", "zone", "zones", "datacenter", "datacentre", "jurisdiction", "placement", "primary-region", "primaryregion",
		"awsregion", "locationconstraint", "locationhint", "location-hint", "datalocation", "dataregion", "defaultregion", "regionname", "locationname", "objectstorageregion"}
}

// evidence are words of which one stands in a file that speaks of a provider.
var evidence = map[string][]string{
	"gcp": {"google", "bigquery", "gcloud", "firestore", "gcs", "gs://", "gcp"}, "hetzner": {"hcloud", "hetzner"}, "digitalocean": {"digitalocean", "doctl", "do_"},
	"scaleway": {"scaleway", "scw"}, "ovh": {"ovh"}, "ibm": {"ibm", "bluemix"}, "otc": {"opentelekomcloud", "t-systems", "otc"}, "cloudflare": {"cloudflare", "r2_bucket", "durable_object", "wrangler"},
	"exoscale": {"exoscale"}, "upcloud": {"upcloud"}, "ionos": {"ionos"}, "linode": {"linode"}, "vercel": {"vercel"}, "fly": {"fly.io", "flyctl", "primary_region"}, "heroku": {"heroku"},
}

// files are names of files that speak of one provider only.
func fileOf(name string) string {
	switch base := strings.ToLower(path.Base(name)); {
	case base == "vercel.json":
		return "vercel"
	case base == "fly.toml":
		return "fly"
	case strings.HasPrefix(base, "wrangler."):
		return "cloudflare"
	case base == "app.json":
		return "heroku"
	}
	return ""
}

var weakValue = regexp.MustCompile(`^["']?\]?\)?\s*(?::=|[:=]|=>|,|\(|\s)\s*(?:\[\s*)?["']?([A-Za-z][A-Za-z0-9/-]{1,24})(["'\s,;)\]}]|$)`)

// weakAfter finds the short name of a region that is the value of a setting
// which ends at offset, and where it stands.
func (a *atlas) weakAfter(f *judge, offset int) (x *region, from, to int) {
	text := f.file.Text
	m := weakValue.FindSubmatchIndex(text[offset:min(len(text), offset+80)])
	if m == nil {
		return nil, 0, 0
	}
	from, to = offset+m[2], offset+m[3]
	if strings.Contains(string(text[offset:from]), "\n") || f.code && f.spans.At(from).From == from {
		return nil, 0, 0 // a variable
	}
	list := a.names[strings.ToLower(string(text[from:to]))]
	for _, r := range list {
		if r.weak && f.speaksOf(r.provider.name) {
			return r, from, to
		}
	}
	return nil, 0, 0
}

// speaksOf reports whether a file is about a provider.
func (j *judge) speaksOf(provider string) bool {
	if only := fileOf(j.file.Path); only != "" {
		return only == provider
	}
	low := bytes.ToLower(j.file.Text)
	for _, w := range evidence[provider] {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return false
}
