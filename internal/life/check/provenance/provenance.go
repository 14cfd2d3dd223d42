// Package provenance says whether the run of the checks itself can be traced:
// which commit, which files beside it, how much of the history, and which
// program (CHK-4).
package provenance

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// Input is what is known of a run.
type Input struct {
	Commit  string
	Scope   core.Scope
	Version string // of the program
	Missed  []string
}

// Check says what is known. A folder that differs from its commit, and a history
// that begins in the middle, are notes; rules of the company may make more of it.
func Check(in Input) findings.Result {
	var res findings.Result
	said := []string{"no commit, since this folder is not under git"}
	if in.Scope.Subject == core.SubjectSent {
		said[0] = "no commit, since the files were sent as they are"
	}
	if in.Commit != "" {
		said[0] = fmt.Sprintf("commit %.10s", in.Commit)
	}
	if n := in.Scope.Unsaved; n > 0 {
		said = append(said, findings.Count(n, "file")+" beside it")
		res.Add(findings.New("run_not_committed", findings.At{Key: "folder"}, "count", findings.Count(n, "file")))
	}
	if in.Scope.Shallow {
		said = append(said, "a part of the history")
		res.Add(findings.New("run_history_cut", findings.At{Key: "history"}))
	}
	if v := in.Version; v == "" || v == "dev" {
		said = append(said, "by a build of paddock that has no version")
	} else {
		said = append(said, "by paddock "+findings.Clean(v, 60))
	}
	for _, why := range in.Missed {
		res.Missed("%s", why)
	}
	res.Looked = strings.Join(said, ", ")
	return res
}
