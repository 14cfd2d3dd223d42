package tour

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTour walks the whole road with the real binary, as `make tour` does, and
// demands that every step holds. The credential that the tour gave to the vendor
// is nowhere in the data that is left.
func TestTour(t *testing.T) {
	needEngine(t)
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	cmd := exec.CommandContext(t.Context(), program, "tour", "--json", "--data", dir)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Errorf("the tour: %v\n%s", err, errs.String())
	}
	n := 0
	for lines := bufio.NewScanner(&out); lines.Scan(); n++ {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatalf("line %d is not JSON: %q", n+1, lines.Text())
		}
		if !l.OK || l.Step != n+1 || l.Error != "" || len(l.Evidence) == 0 {
			t.Errorf("step %d (%s) does not hold: %s", l.Step, l.Name, lines.Text())
		}
	}
	if n != len(steps) || n != 11 {
		t.Errorf("the tour has %d lines, want 11", n)
	}
	hold(t, nowhereAtAll(t.Context(), &road{dir: dir}, vendorSecret))
}
