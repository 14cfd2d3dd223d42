package baseline_test

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/baseline"
)

func some() []core.Finding {
	return []core.Finding{
		{Code: "code_eval", Fingerprint: "a", Path: "b.ts", Blocking: true, Severity: core.Blocker},
		{Code: "secret_found", Fingerprint: "b", Path: "a.ts", Blocking: true, Severity: core.Blocker},
		{Code: "run_not_committed", Fingerprint: "c", Severity: core.Note},
	}
}

func written(t *testing.T, r core.Report, until string) *baseline.List {
	t.Helper()
	b, err := baseline.Of(r, until).Text()
	if err != nil {
		t.Fatal(err)
	}
	l, err := baseline.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestKnownBeforeDoesNotBlock(t *testing.T) {
	l := written(t, core.Report{Findings: some()}, "2026-12-31")
	list := some()
	if unneeded := l.Apply(list, "2026-12-31"); len(unneeded) != 0 || list[0].Blocking || list[0].Waived == nil || list[0].Waived.Kind != core.KnownBefore {
		t.Errorf("%v %+v", unneeded, list[0])
	}
	if !list[1].Blocking || list[1].Waived != nil || l.Grave() != 1 {
		t.Error("a live key is excused without a word")
	}
	list = some()
	if l.Apply(list, "2027-01-01"); !list[0].Blocking {
		t.Error("it lasts for ever")
	}
	list = some()
	list[0].Fingerprint = "other"
	if unneeded := l.Apply(list, "2026-12-31"); !list[0].Blocking || strings.Join(unneeded, " ") != "a" {
		t.Errorf("%v", unneeded)
	}
}

func TestAGraveOneThatSomebodyAccepts(t *testing.T) {
	l := written(t, core.Report{Findings: some()}, "")
	for i := range l.Known {
		l.Known[i].Accepted = "a test key, revoked in May"
	}
	list := some()
	if l.Apply(list, "2026-12-31"); list[1].Blocking || list[1].Waived.Reason == "" {
		t.Errorf("%+v", list[1])
	}
	// what was accepted stays so when the list is written again
	if again := baseline.Of(core.Report{Findings: list}, ""); again.Known[0].Accepted == "" {
		t.Errorf("%+v", again.Known)
	}
}

func TestNotABaseline(t *testing.T) {
	for text, want := range map[string]string{``: "not one", `{"version":2}`: "version 2", `{"version":1,"knwon":[]}`: "not one", `{"version":1,"known":[]} x`: "after its end",
		`{"version":1,"known":[{"code":"x"}]}`: "no fingerprint", `{"version":1,"known":[{"code":"x","fingerprint":"y","until":"soon"}]}`: "not a day"} {
		if _, err := baseline.Read([]byte(text)); core.CodeOf(err) != core.Unreadable || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"version":1,"known":[{"code":"x","fingerprint":"y","until":"2026-01-01"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := baseline.Read(b); err == nil {
			l.Apply(some(), "2026-01-01")
		}
	})
}
