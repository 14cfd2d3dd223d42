package check_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestPublishedSamples puts the five published examples into an app as people
// paste them, and holds what is said of each. They are read byte for byte; the
// two pipelines are held line by line in the tests of the pipelines check.
func TestPublishedSamples(t *testing.T) {
	files := clean()
	for to, from := range map[string]string{
		".github/workflows/ci.yml":   "pipelines/testdata/published/microapp-ci.github.yaml",
		".github/workflows/oidc.yml": "pipelines/testdata/published/oidc-step.github.yaml",
		"policy/container.rego":      "../../../governance/testdata/published/policy-container.v0.rego",
		"secrets-policy.json":        "../../../governance/testdata/published/secrets-policy.json",
		"template.yaml":              "../../../governance/testdata/published/template-descriptor.yaml",
	} {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		files[to] = string(b)
	}
	got := map[string][]string{}
	blocking := map[string]int{}
	for _, f := range run(t, input(files)).Findings {
		if f.Check != "pipelines" && f.Check != "lint" {
			continue // e.g. that the app now sends data to a new vendor
		}
		got[f.Path] = append(got[f.Path], fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Code))
		if f.Blocking {
			blocking[f.Path]++
		}
	}
	// The policy and the settings are right as they are. The template's dashes
	// are pointed at; the catalog reads it all the same.
	want := []string{"12:13 yaml_dash", "1:13 yaml_dash", "5:10 yaml_dash", "5:5 yaml_dash", "6:5 yaml_dash"}
	slices.Sort(got["template.yaml"])
	if !slices.Equal(got["template.yaml"], want) {
		t.Errorf("template: %v", got["template.yaml"])
	}
	if n := len(got["policy/container.rego"]) + len(got["secrets-policy.json"]); n != 0 {
		t.Errorf("policy: %v, settings: %v", got["policy/container.rego"], got["secrets-policy.json"])
	}
	if len(got[".github/workflows/ci.yml"]) != 19 || blocking[".github/workflows/ci.yml"] != 5 {
		t.Errorf("pipeline: %s", strings.Join(got[".github/workflows/ci.yml"], "\n"))
	}
	if len(got[".github/workflows/oidc.yml"]) != 8 || blocking[".github/workflows/oidc.yml"] != 5 {
		t.Errorf("step: %s", strings.Join(got[".github/workflows/oidc.yml"], "\n"))
	}
}
