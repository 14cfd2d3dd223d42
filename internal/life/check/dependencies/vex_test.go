package dependencies

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func statements(t *testing.T, pairs ...string) *openvex.Set {
	t.Helper()
	var list []string
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, fmt.Sprintf(`{"vulnerability":{"name":%q},"products":[{"@id":%q}],"status":"not_affected","justification":"vulnerable_code_not_present"}`, pairs[i], pairs[i+1]))
	}
	doc, err := openvex.Parse("x", []byte(`{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"Sam","timestamp":"2026-03-01T00:00:00Z","statements":[`+strings.Join(list, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return openvex.New([]openvex.Source{{Document: doc, From: "vex/x.json"}})
}

func TestVEX(t *testing.T) {
	d := data(t, record("MAL-2026-1", "npm", "evil", `{"introduced":"0"}`), strings.Replace(record("GHSA-a", "npm", "two", `{"introduced":"0"}`), `"id"`, `"aliases":["SNYK-9","CVE-9"],"id"`, 1),
		strings.Replace(record("GHSA-b", "npm", "two", `{"introduced":"0"}`), "HIGH", "LOW", 1), strings.Replace(record("GHSA-35jh-r3h4-6jhm", "npm", "lodash", `{"introduced":"0"},{"fixed":"4.17.21"}`), `"id"`, `"aliases":["CVE-2021-23337"],"id"`, 1),
		strings.Replace(record("GHSA-29mw-wpgm-hmr9", "npm", "lodash", `{"introduced":"0"},{"fixed":"4.17.21"}`), "HIGH", "MODERATE", 1))
	lock := func(name, version string) *lockfile.Set {
		return lockfile.Read(&tree.Tree{Files: []tree.File{{Path: "package.json", Text: fmt.Appendf(nil, `{"dependencies":{%q:%q}}`, name, version)},
			{Path: "package-lock.json", Text: fmt.Appendf(nil, `{"lockfileVersion":3,"packages":{"":{"dependencies":{%q:%q}},"node_modules/%s":{"version":%q}}}`, name, version, name, version)}}})
	}
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		note, name, version string
		set                 *openvex.Set
		want                string
	}{
		{"no statement", "lodash", "4.17.20", nil, "1 blocking, 0 aside"},
		{"by the id", "lodash", "4.17.20", statements(t, "GHSA-35jh-r3h4-6jhm", "pkg:npm/lodash@4.17.20"), "0 blocking, 1 aside, 1 caution"},
		{"by the CVE", "lodash", "4.17.20", statements(t, "cve-2021-23337", "pkg:npm/lodash"), "0 blocking, 1 aside, 1 caution"},
		{"another app", "lodash", "4.17.20", statements(t, "CVE-2021-23337", "pkg:generic/paddock/payroll"), "1 blocking, 0 aside"},
		{"this app", "lodash", "4.17.20", statements(t, "CVE-2021-23337", "pkg:generic/paddock/tracker"), "0 blocking, 1 aside, 1 caution"},
		{"made to do harm", "evil", "1.0.0", statements(t, "MAL-2026-1", "pkg:npm/evil@1.0.0"), "1 blocking, 0 aside"},
		{"the grave one of two", "two", "1.0.0", statements(t, "SNYK-9", "pkg:npm/two"), "0 blocking, 1 aside, 1 caution"},
		{"the light one of two", "two", "1.0.0", statements(t, "GHSA-b", "pkg:npm/two"), "1 blocking, 1 aside"},
		{"both", "two", "1.0.0", statements(t, "GHSA-b", "pkg:npm/two", "CVE-9", "pkg:npm/two"), "0 blocking, 2 aside"},
	} {
		res, aside := Check(context.Background(), Input{Set: lock(c.name, c.version), Data: d, VEX: VEX{Set: c.set, App: "tracker", Commit: "c0ffee"}, Now: now})
		blocking := 0
		for _, f := range res.Findings {
			if f.Blocking {
				blocking++
			}
		}
		got := fmt.Sprintf("%d blocking, %d aside", blocking, len(aside))
		if n := len(res.Findings) - blocking; n > 0 {
			got += fmt.Sprintf(", %d caution", n)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.note, got, c.want)
		}
		if len(aside) > 0 && (aside[0].From != "vex/x.json" || aside[0].Author != "Sam" || !strings.Contains(res.Looked, "set aside by VEX")) {
			t.Errorf("%s: %+v, %s", c.note, aside[0], res.Looked)
		}
	}
}
