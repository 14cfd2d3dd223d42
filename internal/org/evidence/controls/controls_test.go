package controls_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/org/evidence/controls"
)

// TestEveryControl holds the mapping to the list that it has to cover.
func TestEveryControl(t *testing.T) {
	want := map[string][]string{
		"SOC 2":     {"CC6.1", "CC6.2", "CC6.3", "CC6.6", "CC7.2", "CC7.3", "CC8.1"},
		"ISO 27001": {"A.5.3", "A.5.15", "A.5.16", "A.5.17", "A.5.18", "A.8.2", "A.8.3", "A.8.4", "A.8.5", "A.8.15", "A.8.16", "A.8.17", "A.8.32"},
		"HIPAA":     {"164.312(b)"},
		"OWASP":     {"CD-SEC-01", "CD-SEC-02", "CD-SEC-03", "CD-SEC-04", "CD-SEC-05", "CD-SEC-06", "CD-SEC-07", "CD-SEC-08", "CD-SEC-09", "CD-SEC-10"},
	}
	for _, fw := range controls.Frameworks() {
		var ids []string
		for _, c := range fw.Controls {
			ids = append(ids, c.ID)
			if len(c.Evidence) == 0 || len(c.Missing) < 20 || c.Title == "" {
				t.Errorf("%s %s names no evidence, or does not say what is missing", fw.ID, c.ID)
			}
			for _, s := range c.Evidence {
				if !strings.HasSuffix(s.Shows, ".") || len(s.Actions) > 0 && len(s.Results) > 0 {
					t.Errorf("%s %s: %+v", fw.ID, c.ID, s)
				}
			}
		}
		if !slices.Equal(ids, want[fw.ID]) {
			t.Errorf("%s has %v, want %v", fw.ID, ids, want[fw.ID])
		}
		delete(want, fw.ID)
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}

// TestCounts: patterns count what they name and nothing else.
func TestCounts(t *testing.T) {
	got := controls.Evaluate(controls.Facts{Records: map[string]int{"approvals": 3},
		Actions: map[string]int{"person.add": 2, "person.switch_off": 1, "personal": 9}, Results: map[string]int{"change.merge allow": 4, "change.merge pending": 2, "app.deploy deny": 1}})
	find := func(fw, id string) (out map[string]int) {
		out = map[string]int{}
		for _, f := range got {
			for _, c := range f.Controls {
				if f.ID == fw && c.ID == id {
					for _, e := range c.Evidence {
						out[e.Kind] += e.Count
					}
				}
			}
		}
		return out
	}
	if n := find("SOC 2", "CC8.1"); n["decisions"] != 7 || n["approvals"] != 3 {
		t.Error(n)
	}
	if n := find("ISO 27001", "A.5.16"); n["access"] != 3 {
		t.Error(n)
	}
	if n := find("OWASP", "CD-SEC-03"); n["decisions"] != 3 {
		t.Error(n)
	}
}
