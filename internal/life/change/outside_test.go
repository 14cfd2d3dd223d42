package change_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// sarifLog is what a tool writes: one result of a level, or none for "".
func sarifLog(tool, level string) []byte {
	results := ""
	if level != "" {
		results = fmt.Sprintf(`{"ruleId":"r","level":"%s","message":{"text":"a loop"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"note.md"},"region":{"startLine":1,"snippet":{"text":"quoted"}}}}]}`, level)
	}
	return fmt.Appendf(nil, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"%s"}},"results":[%s]}]}`, tool, results)
}

// CHK-3: what another tool found in a commit counts like our own findings, as
// soon as it comes, and until the same tool says otherwise.
func TestOtherToolsCount(t *testing.T) {
	s := newShop(t)
	head := s.push("loop", map[string]string{"note.md": "x\n"})
	outside := func(note string, want ...string) {
		t.Helper()
		r, err := s.Check(s.Ctx(), s.app.ID, 1, head)
		s.Must(err)
		var got []string
		for _, f := range r.Findings {
			if f.Check == "outside" {
				got = append(got, f.Code)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", note, got, want)
		}
	}
	take := func(body []byte) core.OutsideReport {
		t.Helper()
		r, err := s.TakeOutside(s.Ctx(), s.Hana, s.Actor(s.Hana), s.app.ID, head, body)
		s.Must(err)
		return r
	}
	outside("nobody brought anything")
	first := take(sarifLog("CodeQL", "error"))
	outside("a grave fault", "outside_grave")
	take(sarifLog("Semgrep", "warning"))
	outside("and another tool's", "outside_grave", "outside_caution")
	runs := s.runs.Load()
	outside("again", "outside_grave", "outside_caution")
	if s.runs.Load() != runs {
		t.Error("the checks ran again although nothing came")
	}
	second := take(sarifLog("CodeQL", ""))
	outside("the first tool has nothing any more", "outside_caution")

	if first.Digest == second.Digest || first.Results != 1 || second.Results != 0 {
		t.Errorf("%+v and %+v", first, second)
	}
	kept, err := s.OutsideReports(s.Ctx(), s.app.ID, head)
	s.Must(err)
	if len(kept) != 2 || kept[0].Tools != "codeql" || kept[0].Digest != second.Digest || kept[0].ReporterBy != s.Hana.Email {
		t.Errorf("kept %+v", kept)
	}
	if strings.Contains(fmt.Sprint(string(kept[1].Body)), "quoted") {
		t.Error("what the tool quoted is kept")
	}
	if s.Count("report.add") != 3 {
		t.Errorf("%v", s.Events(0))
	}
}

func TestOtherToolsAreRefused(t *testing.T) {
	s := newShop(t)
	head := s.push("loop", map[string]string{"note.md": "x\n"})
	for _, c := range []struct {
		name, commit string
		body         []byte
		code         core.Code
		want         string
	}{
		{"another commit", strings.Repeat("a", 40), sarifLog("T", ""), core.Conflict, "No open change ends in the commit"},
		{"no SARIF", head, []byte("{}"), core.Unreadable, "not SARIF 2.1.0"},
	} {
		if _, err := s.TakeOutside(s.Ctx(), s.Hana, s.Actor(s.Hana), s.app.ID, c.commit, c.body); core.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	var last error
	for i := range 21 {
		_, last = s.TakeOutside(s.Ctx(), s.Hana, s.Actor(s.Hana), s.app.ID, head, sarifLog(fmt.Sprint("tool", i), ""))
	}
	if core.CodeOf(last) != core.TooLarge {
		t.Errorf("the 21st tool: %v", last)
	}
	if n := s.Count("report.add"); n != 20 {
		t.Errorf("%d events, want 20", n)
	}
}
