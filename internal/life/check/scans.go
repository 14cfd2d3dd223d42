package check

import (
	"slices"
	"strings"
)

// The names of the checks, in the order of the report.
var checkNames = []string{"lint", "secrets", "dependencies", "sbom", "licences", "code", "pipelines", "regions", "images", "vendors", "data", "outside", "provenance", "policy"}

var scanAliases = map[string]string{
	"secret": "secrets", "secret-scan": "secrets", "secrets-scan": "secrets", "secret-detection": "secrets",
	"sca": "dependencies", "dependency": "dependencies", "dependency-scan": "dependencies", "dependency-scanning": "dependencies",
	"ssca": "sbom", "sast": "code", "static-analysis": "code", "linter": "lint", "image": "images", "container-scan": "images",
	"licence": "licences", "license": "licences", "licenses": "licences", "licence-check": "licences", "license-check": "licences",
	"geo": "regions", "region": "regions", "geo-compliance": "regions", "opa": "policy", "policy-as-code": "policy", "vendor": "vendors", "identity": "provenance",
	"privacy": "data", "pii": "data", "pii-scan": "data", "personal-data": "data", "data-classification": "data", "phi": "data",
	"pipeline": "pipelines", "ci": "pipelines", "ci-cd": "pipelines", "workflow": "pipelines", "workflows": "pipelines", "actions": "pipelines", "github-actions": "pipelines", "gitlab-ci": "pipelines", "workflow-hardening": "pipelines",
}

// Names returns the names of all checks, in the order of the report.
func Names() []string { return slices.Clone(checkNames) }

// Canonical returns the name of the check that does a scan, as descriptors call
// it: "sca" and "dependency-scan" are "dependencies". It reports false for a
// name nobody knows.
func Canonical(name string) (string, bool) {
	n := strings.ToLower(strings.TrimSpace(name))
	n = strings.NewReplacer("_", "-", " ", "-", "\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2212", "-").Replace(n)
	if slices.Contains(checkNames, n) {
		return n, true
	}
	n, ok := scanAliases[n]
	return n, ok
}
