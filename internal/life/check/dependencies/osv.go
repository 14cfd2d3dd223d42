package dependencies

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// advisory is one known fault of one package.
type advisory struct {
	id        string
	alias     string // the CVE, if there is one
	aliases   []string
	summary   string
	severity  string // CRITICAL, HIGH, MODERATE, LOW or empty
	malicious bool
	spans     []span
	versions  map[string]bool
}

func (a *advisory) affects(v string) bool {
	if a.versions[v] {
		return true
	}
	for _, s := range a.spans {
		if s.holds(v) {
			return true
		}
	}
	return false
}

type rawRecord struct {
	ID        string   `json:"id"`
	Modified  string   `json:"modified"`
	Withdrawn string   `json:"withdrawn"`
	Aliases   []string `json:"aliases"`
	Summary   string   `json:"summary"`
	Affected  []struct {
		Package struct {
			Ecosystem string `json:"ecosystem"`
			Name      string `json:"name"`
		} `json:"package"`
		Ranges []struct {
			Type   string              `json:"type"`
			Events []map[string]string `json:"events"`
		} `json:"ranges"`
		Versions []string `json:"versions"`
	} `json:"affected"`
	Database struct {
		Severity string `json:"severity"`
	} `json:"database_specific"`
}

var errRecord = errors.New("not an OSV record")

// parseRecord reads one OSV record and returns its npm packages' advisories by
// package name, and the day it was last changed. A withdrawn record yields
// none. A record that names a version that cannot be compared is an error:
// dropping it would be a silent gap.
func parseRecord(data []byte) (map[string][]*advisory, string, error) {
	var r rawRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, "", fmt.Errorf("%w: %w", errRecord, err)
	}
	if r.ID == "" || len(r.Modified) < len("2006-01-02") {
		return nil, "", errRecord
	}
	day := r.Modified[:len("2006-01-02")]
	out := map[string][]*advisory{}
	if r.Withdrawn != "" {
		return out, day, nil
	}
	for _, a := range r.Affected {
		if a.Package.Ecosystem != "npm" {
			continue
		}
		adv := &advisory{id: r.ID, alias: cve(r.Aliases), aliases: r.Aliases, summary: r.Summary, severity: strings.ToUpper(r.Database.Severity), malicious: strings.HasPrefix(r.ID, "MAL-"), versions: map[string]bool{}}
		for _, v := range a.Versions {
			adv.versions[v] = true
		}
		for _, rg := range a.Ranges {
			if rg.Type != "SEMVER" && rg.Type != "ECOSYSTEM" {
				continue
			}
			spans, err := spansOf(rg.Events)
			if err != nil {
				return nil, "", fmt.Errorf("%s: %w", r.ID, err)
			}
			adv.spans = append(adv.spans, spans...)
		}
		out[a.Package.Name] = append(out[a.Package.Name], adv)
	}
	return out, day, nil
}

// spansOf turns OSV events, in order, into spans.
func spansOf(events []map[string]string) ([]span, error) {
	var out []span
	for _, e := range events {
		for kind, v := range e {
			if v != "0" && !valid(v) && kind != "limit" {
				return nil, fmt.Errorf("%w: version %.40q", errRecord, v)
			}
			switch {
			case kind == "introduced":
				out = append(out, span{introduced: v})
			case len(out) == 0:
				return nil, fmt.Errorf("%w: %s before introduced", errRecord, kind)
			case kind == "fixed":
				out[len(out)-1].fixed = v
			case kind == "last_affected":
				out[len(out)-1].last = v
			}
		}
	}
	return out, nil
}

func cve(aliases []string) string {
	for _, a := range aliases {
		if strings.HasPrefix(a, "CVE-") {
			return a
		}
	}
	return ""
}
