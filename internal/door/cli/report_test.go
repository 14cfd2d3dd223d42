package cli_test

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// reportFor is the report of a folder that says what it is in a file "verdict"; other
// folders are checked for real.
func reportFor(dir, governance string) (core.Report, bool) {
	b, err := os.ReadFile(filepath.Join(dir, "verdict"))
	if err != nil {
		return core.Report{}, false
	}
	verdict := core.Verdict(strings.TrimSpace(string(b)))
	r := core.Report{Tool: "paddock v1.2.3", App: "tracker", PolicyRevision: "rules of " + governance, Verdict: verdict,
		Checks: []core.CheckResult{{Name: "regions", Verdict: verdict, Looked: "1 file"}}, Findings: []core.Finding{}}
	if r.Verdict == core.Blocks {
		r.Checks[0].Findings = 1
		r.Findings = append(r.Findings, core.Finding{Code: "region_not_allowed", Check: "regions", Severity: core.Blocker, Blocking: true,
			What: "The app asks for the region us-west-2.", Why: "Data must stay in approved regions.", Fix: []string{"Write region: eu-sovereign."},
			Path: "microapp.yaml", Line: 7, Column: 9, Quote: "region: us-west-2", Fingerprint: "f1"})
	}
	if r.Verdict == core.Incomplete {
		r.Checks[0].Incomplete = []string{"The file big.bin is too large to be read."}
	}
	return r, true
}
