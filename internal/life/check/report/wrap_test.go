package report

import (
	"strings"
	"testing"
)

// TestBlanksToTypeAreKept holds that a line that is to be added as it stands
// can be typed as it is shown.
func TestBlanksToTypeAreKept(t *testing.T) {
	p := &printer{width: 60}
	p.wrapped(2, 2, "Add this line after line 7 of `ci.yml`: `          persist-credentials:   false` and   go on.")
	got := p.out.String()
	if !strings.Contains(got, "`          persist-credentials:   false`") || !strings.Contains(got, "and go on.") || strings.Contains(got, keptBlank) {
		t.Errorf("got %q", got)
	}
}
