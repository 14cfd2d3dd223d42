package outside

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// Log is what one SARIF file says.
type Log struct {
	Name string // of the file, for people
	runs []sarifRun
}

// Tools returns the names of the tools whose runs a log holds, in lower case,
// sorted.
func (l *Log) Tools() []string {
	var out []string
	for _, r := range l.runs {
		out = append(out, findings.Clean(strings.ToLower(r.Tool.Driver.Name), 60))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Results returns how many results a log holds.
func (l *Log) Results() int {
	n := 0
	for _, r := range l.runs {
		if r.Results != nil {
			n += len(*r.Results)
		}
	}
	return n
}

// Kept returns the log to be kept: SARIF that Read reads, with nothing that the
// tool quoted, and without the words of rules about secrets, which may repeat
// what they found. Its digest is sha256:....
func (l *Log) Kept() (body []byte, digest string, err error) {
	runs := make([]sarifRun, len(l.runs))
	for i, r := range l.runs {
		runs[i] = r
		if r.Results == nil {
			continue
		}
		results := slices.Clone(*r.Results)
		for j, res := range results {
			if r.ruleOf(res).secret(r.Tool.Driver.Name) {
				results[j].Message = message{Text: "a secret"}
			}
		}
		runs[i].Results = &results
	}
	body, err = json.Marshal(sarif{Version: "2.1.0", Runs: runs})
	if err != nil {
		return nil, "", core.Hidden("Keeping a report of another tool", err)
	}
	sum := sha256.Sum256(body)
	return body, "sha256:" + hex.EncodeToString(sum[:]), nil
}
