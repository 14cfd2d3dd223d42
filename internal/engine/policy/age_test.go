package policy_test

import (
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// TestAgeOfData: the age is that at the moment of the decision, in whole days.
func TestAgeOfData(t *testing.T) {
	now := time.Date(2026, 3, 15, 23, 0, 0, 0, time.UTC)
	for date, want := range map[string]int{"2026-03-15": 0, "2026-03-14": 1, "2026-01-01": 73, "2027-01-01": 0, "": 0, "soon": 0} {
		r := policy.ReportFacts(&core.Report{AdvisoryDate: date})
		if r.At(now); r.AdvisoryDate != date || r.AdvisoryDays != want {
			t.Errorf("%q: %d days, want %d", date, r.AdvisoryDays, want)
		}
	}
}
