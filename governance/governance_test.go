package governance_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

func validate(t *testing.T) catalog.Validation {
	t.Helper()
	v, err := catalog.Validate(context.Background(), governance.FS(), "starter", time.Now())
	if err != nil {
		t.Fatal(catalog.FormatErrors(err))
	}
	return v
}

func TestStarterIsValid(t *testing.T) {
	v := validate(t)
	if len(v.Tests) < 60 {
		t.Errorf("only %d policy tests ran", len(v.Tests))
	}
	for _, name := range []string{"internal-dashboard", "simple-dashboard", "intake-form"} {
		if _, ok := v.Revision.Templates[name]; !ok {
			t.Errorf("no template %s", name)
		}
	}
	for _, w := range v.Revision.Warnings {
		if !strings.HasPrefix(w.Field, "templates/simple-dashboard/template.yaml:") {
			t.Errorf("warning outside the published descriptor: %v", w)
		}
	}
}

// The published samples are here byte for byte (CAT-2, SEC-6, POL-4).
func TestPublishedSamples(t *testing.T) {
	for ours, sample := range map[string]string{
		"templates/simple-dashboard/template.yaml": "template-descriptor.yaml",
		"secrets-policy.json":                      "secrets-policy.json",
		"policies/container.rego":                  "policy-container.v0.rego",
	} {
		want, err := os.ReadFile("testdata/published/" + sample)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fs.ReadFile(governance.FS(), ours)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs from the published %s (%v)", ours, sample, err)
		}
	}
}
