package catalog

import (
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// scanNames maps what people call a scan to the checks that do it. "ssca" is
// software supply chain assurance: what is inside, and whether it is known to
// be vulnerable.
func scanNames() map[string][]string {
	return map[string][]string{
		"secrets": {"secrets"}, "secret-scan": {"secrets"}, "secrets-scan": {"secrets"}, "secret-detection": {"secrets"},
		"dependencies": {"dependencies"}, "sca": {"dependencies"}, "dependency-scan": {"dependencies"}, "dependency-scanning": {"dependencies"},
		"ssca": {"sbom", "dependencies"}, "sbom": {"sbom"},
		"code": {"code"}, "sast": {"code"}, "lint": {"lint"}, "linter": {"lint"}, "images": {"images"}, "image": {"images"},
		"licences": {"licences"}, "licence": {"licences"}, "licenses": {"licences"}, "license": {"licences"},
		"regions": {"regions"}, "region": {"regions"}, "geo": {"regions"}, "geo-compliance": {"regions"},
		"policy": {"policy"}, "opa": {"policy"}, "policy-as-code": {"policy"}, "vendors": {"vendors"}, "vendor": {"vendors"}, "provenance": {"provenance"},
		"data": {"data"}, "privacy": {"data"}, "pii": {"data"}, "pii-scan": {"data"}, "data-classification": {"data"},
		"pipelines": {"pipelines"}, "pipeline": {"pipelines"}, "ci": {"pipelines"}, "ci-cd": {"pipelines"}, "workflow": {"pipelines"}, "workflows": {"pipelines"}, "actions": {"pipelines"},
		"github-actions": {"pipelines"}, "gitlab-ci": {"pipelines"}, "workflow-hardening": {"pipelines"},
	}
}

// canonicalScans returns the checks behind the scans, in order, without repeats.
func canonicalScans(f *faults, scans []string) []string {
	known := scanNames()
	words := make([]string, 0, len(known))
	for w := range known {
		words = append(words, w)
	}
	slices.Sort(words)
	var out []string
	for i, s := range scans {
		checks, ok := known[s]
		if !ok {
			hint := core.DidYouMean(s, words)
			if hint == "" {
				hint = "Use secrets, sca, sast, sbom, licences, policy, regions or vendors."
			}
			f.add(fmt.Sprintf("required_scans.%d", i), hint, "There is no scan %q.", clipped(s))
		}
		for _, c := range checks {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}
