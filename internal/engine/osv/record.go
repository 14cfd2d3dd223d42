package osv

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Bounds of one record.
const (
	maxRecord   = 16 << 20 // bytes
	maxAffected = 20_000
	maxEvents   = 100_000
	maxVersions = 200_000
	maxVersion  = 500 // bytes
	maxName     = 1_000
	maxAliases  = 200
	maxSummary  = 300 // characters that are kept
)

var errRecord = errors.New("not an OSV record")

// record is what is kept of one OSV record.
type record struct {
	id        string
	modified  time.Time
	withdrawn bool
	gitOnly   bool                // it names packages, but only by commits, which nobody can match
	by        map[string]Advisory // by key
}

type rawRecord struct {
	ID        string        `json:"id"`
	Modified  string        `json:"modified"`
	Published string        `json:"published"`
	Withdrawn string        `json:"withdrawn"`
	Aliases   []string      `json:"aliases"`
	Summary   string        `json:"summary"`
	Details   string        `json:"details"`
	Severity  []rawSeverity `json:"severity"`
	Affected  []rawAffected `json:"affected"`
	Database  rawJudged     `json:"database_specific"`
}

type rawAffected struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
	} `json:"package"`
	Severity []rawSeverity `json:"severity"`
	Ranges   []struct {
		Type   string              `json:"type"`
		Events []map[string]string `json:"events"`
	} `json:"ranges"`
	Versions  []string  `json:"versions"`
	Ecosystem rawJudged `json:"ecosystem_specific"`
	Database  rawJudged `json:"database_specific"`
}

type rawSeverity struct {
	Score string `json:"score"`
}

// rawJudged is an object of any shape that may hold a level.
type rawJudged struct{ level Level }

// UnmarshalJSON reads the level and ignores whatever else is there.
func (j *rawJudged) UnmarshalJSON(b []byte) error {
	var v struct {
		Severity json.RawMessage `json:"severity"`
	}
	var word string
	if json.Unmarshal(b, &v) == nil && json.Unmarshal(v.Severity, &word) == nil {
		j.level = levelNamed(word)
	}
	return nil
}

// parse reads one OSV record. A record that names a version which cannot be
// ordered is an error: dropping it would be a silent gap.
func parse(data []byte) (*record, error) {
	var raw rawRecord
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("%w: %w", errRecord, err)
	}
	switch {
	case raw.ID == "" || len(raw.ID) > maxName || strings.ContainsAny(raw.ID, "\x00\n"):
		return nil, fmt.Errorf("%w: no id", errRecord)
	case len(raw.Affected) > maxAffected || len(raw.Aliases) > maxAliases:
		return nil, fmt.Errorf("%w: too many packages or aliases", errRecord)
	}
	r := &record{id: raw.ID, withdrawn: raw.Withdrawn != "", by: map[string]Advisory{}}
	var err error
	if r.modified, err = latest(raw.Modified, raw.Published); err != nil {
		return nil, err
	}
	if r.withdrawn {
		return r, nil
	}
	named := false
	for _, a := range raw.Affected {
		if a.Package.Name == "" || a.Package.Ecosystem == "" {
			continue // a record about source code only
		}
		named = true
		if err := r.add(raw, a); err != nil {
			return nil, err
		}
	}
	r.gitOnly = named && len(r.by) == 0
	return r, nil
}

// latest returns the later one of two moments; a record has one at least. Some
// databases write the year 1 for "not known".
func latest(modified, published string) (time.Time, error) {
	var last time.Time
	for _, s := range []string{modified, published} {
		if s == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return last, fmt.Errorf("%w: the time %.40q", errRecord, s)
		}
		if t.After(last) {
			last = t.UTC()
		}
	}
	if modified == "" && published == "" {
		return last, fmt.Errorf("%w: no date", errRecord)
	}
	return last, nil
}

// add keeps what the record says about one package; a second time, it is joined
// to the first.
func (r *record) add(raw rawRecord, a rawAffected) error {
	ecosystem, name := Base(a.Package.Ecosystem), a.Package.Name
	if len(name) > maxName || len(ecosystem) > maxName || strings.Contains(ecosystem+name, "\x00") {
		return fmt.Errorf("%w: the package %.60q", errRecord, name)
	}
	ranges, err := rangesOf(ecosystem, a)
	if err != nil {
		return err
	}
	if len(ranges) == 0 && len(a.Versions) == 0 {
		return nil
	}
	if len(a.Versions) > maxVersions || slices.ContainsFunc(a.Versions, func(v string) bool { return v == "" || len(v) > maxVersion }) {
		return fmt.Errorf("%w: the list of versions of %.60q", errRecord, name)
	}
	k := key(ecosystem, name)
	adv, joined := r.by[k]
	if !joined {
		adv = r.head(raw)
	}
	adv.judge(append(slices.Clone(raw.Severity), a.Severity...), raw.Database.level, a.Database.level, a.Ecosystem.level)
	adv.Ranges = append(adv.Ranges, ranges...)
	adv.Versions = append(adv.Versions, a.Versions...)
	slices.Sort(adv.Versions)
	adv.Versions = slices.Compact(adv.Versions)
	r.by[k] = adv
	return nil
}

func (r *record) head(raw rawRecord) Advisory {
	adv := Advisory{ID: raw.ID, Summary: raw.Summary, Malicious: strings.HasPrefix(raw.ID, "MAL-")}
	if adv.Summary == "" {
		adv.Summary, _, _ = strings.Cut(raw.Details, "\n")
	}
	if s := []rune(adv.Summary); len(s) > maxSummary {
		adv.Summary = string(s[:maxSummary-3]) + "..."
	}
	for _, alias := range raw.Aliases {
		if alias != "" && len(alias) <= maxName {
			adv.Aliases = append(adv.Aliases, alias)
		}
	}
	if r.modified.Year() > 1 {
		adv.Modified = r.modified.Format(time.DateOnly)
	}
	return adv
}

// judge sets the level: what the database says in a word, or else the gravest
// CVSS vector.
func (a *Advisory) judge(vectors []rawSeverity, words ...Level) {
	byVector := Unknown
	for _, v := range vectors {
		if v.Score == "" || len(v.Score) > maxName || slices.Contains(a.Vectors, v.Score) {
			continue
		}
		byVector = max(byVector, levelOf(v.Score), levelNamed(v.Score))
		a.Vectors = append(a.Vectors, v.Score)
	}
	said := slices.Max(words)
	if said == Unknown {
		said = byVector
	}
	a.Level = max(a.Level, said)
}

// rangesOf reads the ranges of versions. Ranges of commits are passed over.
func rangesOf(ecosystem string, a rawAffected) ([]Range, error) {
	var out []Range
	for _, rg := range a.Ranges {
		if rg.Type != "SEMVER" && rg.Type != "ECOSYSTEM" {
			continue
		}
		if len(rg.Events) > maxEvents {
			return nil, fmt.Errorf("%w: too many events", errRecord)
		}
		var r Range
		for _, e := range rg.Events {
			for kind, v := range e {
				ev := Event{Version: v}
				switch kind {
				case "introduced":
					ev.Kind = Introduced
				case "fixed":
					ev.Kind = Fixed
				case "last_affected":
					ev.Kind = LastAffected
				default: // "limit" is for commits
					continue
				}
				if len(v) > maxVersion || v != "0" && !ParseVersion(ecosystem, v).Comparable() {
					return nil, fmt.Errorf("%w: the version %.40q of %.60q", errRecord, v, a.Package.Name)
				}
				r.Events = append(r.Events, ev)
			}
		}
		if len(r.Events) == 0 {
			continue
		}
		r.sorted(ecosystem)
		out = append(out, r)
	}
	return out, nil
}
