package fsck

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	fixTally = "Lists count and find apps by these rows. Restore from a backup, or tell us: no door of Paddock lets them drift."
	fixBill  = "Searches by component are wrong for it. Run: paddock sbom reindex --all."
	fixUsage = "The sums of cost by day are wrong. Restore from a backup, or count by the hours."
	fixOther = "Somebody changed what another tool found. Let the tool run again, look for who did it, restore from a backup."
	fixVEX   = "Somebody changed what security said. Keep the file, look for who did it, restore from a backup."
)

// derivedRules hold what is kept for lists, counts and searches against what it
// is made from.
func derivedRules() []rule {
	return []rule{
		{name: "app-tally", what: "The tally of apps is not what the apps add up to.", fix: fixTally, query: `
SELECT 'apps that are ' || c.state || ', ' || c.classification || ', ' || c.region || ', ' || c.template, CAST(SUM(c.told) AS TEXT) || ' told, ' || CAST(SUM(c.real) AS TEXT) || ' there' FROM (
SELECT state, classification, region, template, n AS told, 0 AS real FROM app_tally UNION ALL
SELECT state, classification, region, template, 0, 1 FROM app) c
GROUP BY c.state, c.classification, c.region, c.template HAVING SUM(c.told) <> SUM(c.real)`},
		{name: "owner-tally", what: "The number of an owner's apps is not what is kept of it.", fix: fixTally, query: `
SELECT 'person ' || c.owner_id, CAST(SUM(c.told) AS TEXT) || ' told, ' || CAST(SUM(c.real) AS TEXT) || ' there' FROM (
SELECT owner_id, n AS told, 0 AS real FROM owner_tally UNION ALL SELECT owner_id, 0, 1 FROM app) c
GROUP BY c.owner_id HAVING SUM(c.told) <> SUM(c.real)`},
		{name: "app-cell", what: "An app stands in another cell of the list than its own.", fix: fixTally, query: `
SELECT 'app ' || name, cell FROM app WHERE cell <> state || '|' || classification || '|' || region || '|' || template`},
		{name: "usage-days", what: "The use of a day is not the sum of its hours.", fix: fixUsage, query: `
SELECT 'app ' || u.app_id || ', day ' || CAST(u.day AS TEXT), CAST(SUM(u.told) AS TEXT) || ' requests told, ' || CAST(SUM(u.real) AS TEXT) || ' there' FROM (
SELECT app_id, day, requests AS told, 0 AS real, errors + wall_ms + cpu_ms + mib_ms + bytes_out + egress_out AS more, 0 AS rest FROM usage_day UNION ALL
SELECT app_id, hour - hour % 86400000000, 0, requests, 0, errors + wall_ms + cpu_ms + mib_ms + bytes_out + egress_out FROM usage) u
GROUP BY u.app_id, u.day HAVING SUM(u.told) <> SUM(u.real) OR SUM(u.more) <> SUM(u.rest)`},
		{name: "bill", what: "An artifact's bill of components is not about it as it is.", fix: fixBill, query: `
SELECT 'artifact ' || a.digest, CASE WHEN b.artifact IS NULL THEN 'no bill' WHEN b.app <> p.name THEN 'another app' WHEN b.live <> (EXISTS (SELECT 1 FROM deployment d WHERE d.artifact = a.digest AND d.state = 'live')) THEN 'runs or not'
WHEN b.latest <> (a.digest = n.digest) THEN 'newest or not' ELSE 'another SBOM' END
FROM artifact a JOIN app p ON p.id = a.app_id LEFT JOIN bill b ON b.artifact = a.digest
LEFT JOIN (SELECT x.app_id, MAX(x.digest) AS digest FROM artifact x JOIN (SELECT app_id, MAX(created) AS created FROM artifact GROUP BY app_id) y
 ON y.app_id = x.app_id AND y.created = x.created GROUP BY x.app_id) n ON n.app_id = a.app_id
WHERE b.artifact IS NULL OR b.app <> p.name OR b.live <> (EXISTS (SELECT 1 FROM deployment d WHERE d.artifact = a.digest AND d.state = 'live'))
OR b.latest <> (a.digest = n.digest) OR (b.state <> 'missing' AND b.sbom <> a.sbom)`},
		{name: "holdings", what: "The components of an artifact are not what its bill counts, or are not marked as it is.", fix: fixBill, query: `
SELECT 'artifact ' || b.artifact, CAST(b.parts AS TEXT) || ' told, ' || CAST(COALESCE(h.n, 0) AS TEXT) || ' there' FROM bill b
LEFT JOIN (SELECT artifact, COUNT(*) AS n FROM holding GROUP BY artifact) h ON h.artifact = b.artifact
WHERE b.parts <> COALESCE(h.n, 0) OR (b.state <> 'listed' AND b.parts <> 0)
UNION ALL
SELECT 'artifact ' || h.artifact, h.component FROM holding h LEFT JOIN bill b ON b.artifact = h.artifact LEFT JOIN component c ON c.id = h.component
WHERE b.artifact IS NULL OR c.id IS NULL OR h.app <> b.app OR h.live <> b.live OR h.latest <> b.latest`},
	}
}

// derived looks at what needs reading: names, descriptors, documents.
func (l *look) derived(ctx context.Context) error {
	for _, part := range []func(context.Context) error{l.facets, l.components, l.parts, l.statements, l.others} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// facets holds what apps are found by against their names and descriptors.
func (l *look) facets(ctx context.Context) error {
	f := l.check("app-facets", fixTally)
	words, people := map[string][]string{}, map[string][]string{}
	collect := func(into map[string][]string) func(row []string) error {
		return func(row []string) error { into[row[0]] = append(into[row[0]], row[1]); return nil }
	}
	if err := l.each(ctx, `SELECT name, term FROM app_term`, 2, collect(words)); err != nil {
		return err
	}
	if err := l.each(ctx, `SELECT app_id, email FROM app_co_owner`, 2, collect(people)); err != nil {
		return err
	}
	err := l.each(ctx, `SELECT id, name, descriptor, classification, region, template, CAST(vendors AS TEXT) FROM app`, 7, func(row []string) error {
		var d struct {
			Classification, Region, Template string
			CoOwners                         []string          `json:"co_owners"`
			Vendors                          []json.RawMessage `json:"vendors"`
		}
		if json.Unmarshal([]byte(row[2]), &d) != nil {
			f.tell("An app's descriptor cannot be read.", "app "+row[1], "")
			return nil
		}
		d.Template, _, _ = strings.Cut(d.Template, "@")
		if row[3] != d.Classification || row[4] != d.Region || row[5] != d.Template || row[6] != strconv.Itoa(len(d.Vendors)) {
			f.tell("An app is listed under what its descriptor does not say.", "app "+row[1], strings.Join(row[3:], ", "))
		}
		var owners []string
		for _, e := range d.CoOwners {
			if e = strings.ToLower(strings.TrimSpace(e)); e != "" {
				owners = append(owners, e)
			}
		}
		if !same(owners, people[row[0]]) {
			f.tell("An app's co-owners are not those of its descriptor.", "app "+row[1], strings.Join(people[row[0]], ", "))
		}
		want := []string{row[1]}
		for rest, ok := row[1], true; ok; {
			if _, rest, ok = strings.Cut(rest, "-"); ok && rest != "" {
				want = append(want, rest)
			}
		}
		if !same(want, words[row[1]]) {
			f.tell("An app is not found by the words of its name.", "app "+row[1], strings.Join(words[row[1]], ", "))
		}
		delete(people, row[0])
		delete(words, row[1])
		return nil
	})
	for _, left := range []map[string][]string{words, people} {
		for name := range left {
			f.tell("A row finds an app that is not there.", "app "+name, left[name][0])
		}
	}
	return err
}

// same reports whether two lists hold the same texts, in whatever order.
func same(a, b []string) bool {
	a, b = slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b)))
	return slices.Equal(a, b)
}

// components holds each component against its own id.
func (l *look) components(ctx context.Context) error {
	f := l.check("component-id", fixBill)
	return l.each(ctx, `SELECT id, ecosystem, name, version FROM component`, 4, func(row []string) error {
		if componentID(row[1], row[2], row[3]) != row[0] {
			f.tell("A component is another than its id says.", "component "+row[0], row[1]+" "+row[2]+" "+row[3])
		}
		return nil
	})
}

func componentID(ecosystem, name, version string) string {
	sum := sha256.Sum256([]byte(ecosystem + "\x00" + name + "\x00" + version))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// parts holds the components of each artifact against its SBOM, where the file is
// in the data folder. A file that is missing or changed is told elsewhere.
func (l *look) parts(ctx context.Context) error {
	f := l.check("components", fixBill)
	want := map[string][]string{} // by artifact: ids
	err := l.each(ctx, `SELECT artifact, state, sbom FROM bill WHERE sbom <> ''`, 3, func(row []string) error {
		b, err := os.ReadFile(filepath.Join(l.Dir, "oci", "blobs", "sha256", strings.TrimPrefix(row[2], "sha256:")))
		if sum := sha256.Sum256(b); err != nil || "sha256:"+hex.EncodeToString(sum[:]) != row[2] {
			return nil
		}
		ids, ok := listed(b)
		switch {
		case ok && row[1] == "unreadable", ok && row[1] == "missing":
			f.tell("An artifact's SBOM can be read, but its components are not listed.", "artifact "+row[0], row[1])
		case ok:
			want[row[0]] = ids
		}
		return nil
	})
	if err != nil || len(want) == 0 {
		return err
	}
	have := ""
	var ids []string
	compare := func() {
		if w, ok := want[have]; ok && !same(w, ids) {
			f.tell("The components of an artifact are not those of its SBOM.", "artifact "+have, strconv.Itoa(len(ids))+" listed, "+strconv.Itoa(len(w))+" in the SBOM")
		}
		delete(want, have)
	}
	err = l.each(ctx, `SELECT artifact, component FROM holding ORDER BY artifact`, 2, func(row []string) error {
		if row[0] != have {
			compare()
			have, ids = row[0], nil
		}
		ids = append(ids, row[1])
		return nil
	})
	compare()
	for artifact, w := range want { // those without any
		if len(w) > 0 && err == nil {
			f.tell("The components of an artifact are not those of its SBOM.", "artifact "+artifact, "0 listed, "+strconv.Itoa(len(w))+" in the SBOM")
		}
	}
	return err
}

// listed reads the ids of the components of a CycloneDX document; false if it is
// none, or names a component in a way that cannot be read.
func listed(b []byte) (ids []string, ok bool) {
	type part struct {
		PURL       string            `json:"purl"`
		Components []json.RawMessage `json:"components"`
	}
	var doc struct {
		Format     string            `json:"bomFormat"`
		Components []json.RawMessage `json:"components"`
	}
	if json.Unmarshal(b, &doc) != nil || doc.Format != "CycloneDX" {
		return nil, false
	}
	for left := doc.Components; len(left) > 0; {
		var p part
		if json.Unmarshal(left[0], &p) != nil {
			return nil, false
		}
		left = append(left[1:], p.Components...)
		if p.PURL == "" {
			continue
		}
		id, ok := idOf(p.PURL)
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// idOf makes a component's id from its package URL.
func idOf(purl string) (string, bool) {
	rest, ok := strings.CutPrefix(purl, "pkg:")
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	kind, name, ok2 := strings.Cut(strings.TrimLeft(rest, "/"), "/")
	version := ""
	if at := strings.LastIndex(name, "@"); at > 0 {
		name, version = name[:at], name[at+1:]
	}
	name, err := url.PathUnescape(strings.Trim(name, "/"))
	version, err2 := url.PathUnescape(version)
	if !ok || !ok2 || err != nil || err2 != nil || name == "" {
		return "", false
	}
	switch kind = strings.ToLower(kind); kind {
	case "pypi":
		name = strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
	case "nuget", "composer", "github":
		name = strings.ToLower(name)
	case "maven":
		name = strings.Replace(name, ":", "/", 1)
	}
	return componentID(kind, name, version), true
}

// statements holds each OpenVEX document against its digest, and against the
// event that tells of it.
func (l *look) statements(ctx context.Context) error {
	f := l.check("vex", fixVEX)
	return l.each(ctx, `SELECT v.id, v.digest, v.body, CASE WHEN EXISTS (SELECT 1 FROM audit_event e WHERE e.action = 'vex.add' AND e.target = v.digest) THEN '' ELSE 'no event' END FROM vex_document v`, 4,
		func(row []string) error {
			sum := sha256.Sum256([]byte(row[2]))
			if "sha256:"+hex.EncodeToString(sum[:]) != row[1] {
				f.tell("An OpenVEX document is not what its digest says.", "document "+row[0], row[1])
			}
			if row[3] != "" {
				f.tell("An OpenVEX document has no event of its coming.", "document "+row[0], row[1])
			}
			return nil
		})
}

// others holds each report that came from elsewhere against its digest.
func (l *look) others(ctx context.Context) error {
	f := l.check("outside-report", fixOther)
	return l.each(ctx, `SELECT id, digest, body FROM outside_report UNION ALL SELECT id, digest, body FROM own_report`, 3, func(row []string) error {
		sum := sha256.Sum256([]byte(row[2]))
		if "sha256:"+hex.EncodeToString(sum[:]) != row[1] {
			f.tell("A report from elsewhere is not what its digest says.", "report "+row[0], row[1])
		}
		return nil
	})
}
