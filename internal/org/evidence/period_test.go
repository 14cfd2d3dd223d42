package evidence_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// period returns the pack of a period.
func (w *world) period(text string) []byte {
	w.t.Helper()
	scope, err := evidence.ParsePeriod(text)
	ok(w.t, err)
	var b bytes.Buffer
	_, err = w.exp.Export(w.t.Context(), scope, &b)
	ok(w.t, err)
	return b.Bytes()
}

// spring is a month after the app went live, with another app in it.
func spring(t testing.TB) *world {
	w := newWorld(t).live()
	w.clock.now = time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC)
	other := core.ID("01980000-0000-7000-8000-00000000000b")
	w.act(core.Event{Action: "app.create", AppID: other, Actor: core.System("test"), Target: "other", Code: "ok"}, func(ctx context.Context) error {
		return w.db.AddApp(ctx, core.App{ID: other, Name: "other", OwnerID: boss, State: core.AppProvisioning, Created: core.Stamp(w.clock.now)})
	})
	w.org(core.Event{Action: "session.start", Actor: core.Actor{Kind: core.ActorPerson, ID: boss, Name: "bob@example.org", Door: "web"}, Target: "s2", Code: "ok"})
	w.act(core.Event{Action: "app.idle", Actor: core.System("retire"), Target: "tracker", Code: "ok", Data: map[string]string{"why": "not used for 90 days"}})
	w.clock.now = time.Date(2026, 5, 2, 12, 0, 0, 0, time.UTC)
	w.act(core.Event{Action: "app.archive", Actor: core.System("retire"), Target: "tracker", Code: "ok", Data: map[string]string{"why": "not used for 120 days"}})
	w.clock.now = time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	return w
}

// TestPeriod: the pack of a period holds all apps with something in it, what
// they rest on, and every event without a gap.
func TestPeriod(t *testing.T) {
	w := spring(t)
	r := w.verified(w.period("2026-04"))
	if !r.OK || r.Period != "2026-04" || r.App != "" {
		t.Fatalf("%+v", r.Problems)
	}
	for kind, n := range map[string]evidence.Count{"apps": {2, 2}, "events": {8, 3}, "deployments": {1, 1}, "decisions": {1, 0}, "artifacts": {1, 0}, "lifecycle": {3, 2}, "access": {2, 1}, "vendors": {1, 1}, "governance": {1, 1}} {
		if r.Counts[kind] != n {
			t.Errorf("%s: %+v, want %+v", kind, r.Counts[kind], n)
		}
	}
	if c := r.Coverage; c.Last-c.First != 4 {
		t.Errorf("covered %+v", c)
	}
	whole := w.verified(w.period("2026"))
	if !whole.OK || whole.Counts["events"].Asked != 23 || whole.Coverage.First != 0 || whole.Coverage.Last != whole.Size-1 {
		t.Errorf("%+v %+v %+v", whole.Problems, whole.Counts["events"], whole.Coverage)
	}
	empty := w.verified(w.period("2025"))
	if !empty.OK || empty.Counts["events"].Records != 0 {
		t.Errorf("%+v", empty)
	}
}

// TestGap: an event of the period that is left out is missed, even if whoever
// left it out holds the key.
func TestGap(t *testing.T) {
	w := spring(t)
	pack := w.period("2026-04")
	bad, err := evidence.Rewrite(pack, w.keys.NoteSigner(), func(name string, data []byte) []byte {
		lines := strings.SplitAfter(string(data), "\n")
		switch name {
		case "audit/events.jsonl":
			for i, l := range lines {
				if strings.Contains(l, "app.idle") {
					return []byte(strings.Join(append(lines[:i], lines[i+1:]...), ""))
				}
			}
		case "manifest.json":
			s := strings.Replace(string(data), `"app.idle": 1,`, "", 1)
			return []byte(strings.Replace(s, `"records": 8,`, `"records": 7,`, 1))
		}
		return data
	})
	ok(t, err)
	if r := w.verified(bad); r.OK || !told(r, "some were left out") {
		t.Fatalf("%+v", r.Problems)
	}
}

// TestLateCommit: an event whose transaction ended late lies between those of
// another time; the pack still has no gap.
func TestLateCommit(t *testing.T) {
	w := newWorld(t).live()
	say := func(when time.Time, what string) {
		w.clock.now = when
		w.act(core.Event{Action: "app.wake", Actor: core.System("test"), Target: what, Code: "ok"})
		_, err := w.seq.IntegrateNow(t.Context())
		ok(t, err)
	}
	midnight := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	say(midnight.Add(-time.Hour), "march")
	say(midnight.Add(time.Second), "april")
	say(midnight.Add(-time.Second), "late march")
	say(midnight.Add(2*time.Second), "april too")
	say(midnight.AddDate(0, 1, 1), "may")
	r := w.verified(w.period("2026-04"))
	if !r.OK || r.Counts["events"].Asked != 2 || r.Coverage.First < 0 || r.Coverage.Last-r.Coverage.First != 4 {
		t.Fatalf("%+v %+v %+v", r.Problems, r.Counts["events"], r.Coverage)
	}
}

// TestGoneGovernance: without the text of the rules a pack says so and proves
// by digest.
func TestGoneGovernance(t *testing.T) {
	w := newWorld(t).live()
	w.gone = true
	r := w.verified(w.export())
	if !r.OK || proven(r, "replayed") != 0 || !strings.Contains(strings.Join(r.Notes, " "), "4 decisions were not replayed") {
		t.Fatalf("%+v %+v", r.Problems, r.Notes)
	}
}

// TestAppInDays: the pack of one app can be narrowed.
func TestAppInDays(t *testing.T) {
	w := spring(t)
	scope, err := evidence.ForApp("tracker", "2026-05", "")
	ok(t, err)
	var b bytes.Buffer
	_, err = w.exp.Export(t.Context(), scope, &b)
	ok(t, err)
	r := w.verified(b.Bytes())
	if !r.OK || r.Counts["events"].Asked != 1 || r.Counts["lifecycle"].Asked != 1 {
		t.Fatalf("%+v %+v", r.Problems, r.Counts)
	}
}

func TestParsePeriod(t *testing.T) {
	for text, want := range map[string]string{
		"2026":                   "2026-01-01 2027-01-01",
		"2026-Q3":                "2026-07-01 2026-10-01",
		"2026-q4":                "2026-10-01 2027-01-01",
		"2026-11":                "2026-11-01 2026-12-01",
		"2026-11-05":             "2026-11-05 2026-11-06",
		"2026-11-01..2026-11-30": "2026-11-01 2026-12-01",
		"2025-Q4..2026-02":       "2025-10-01 2026-03-01",
		"2026-13":                "", "2026-02-30": "", "": "", "soon": "", "2026..": "", "..2026": "", "2026-03..2026-01": "", "0001": "", "9999": "", "2026-1": "", "-": "",
	} {
		s, err := evidence.ParsePeriod(text)
		got := ""
		if err == nil {
			got = s.From.Format(time.DateOnly) + " " + s.To.Format(time.DateOnly)
		} else if core.CodeOf(err) != core.Invalid {
			t.Error(text, err)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestDraw: the same seed draws the same rows, another one others, and never
// more than there are.
func TestDraw(t *testing.T) {
	w := newWorld(t).live()
	pack := w.export()
	draw := func(kind string, n int, seed string) string {
		s, err := evidence.Draw(bytes.NewReader(pack), int64(len(pack)), kind, n, seed)
		ok(t, err)
		var numbers []int
		for _, r := range s.Rows {
			numbers = append(numbers, r.Number)
		}
		return fmt.Sprint(numbers, s.Population)
	}
	if one, again, other := draw("events", 4, "a"), draw("events", 4, "a"), draw("events", 4, "b"); one != again || one == other {
		t.Error("draws do not follow the seed")
	}
	if got := draw("decisions", 25, "a"); got != "[1 2 3 4] 4" {
		t.Error(got)
	}
}

// BenchmarkManyApps exports and verifies a period with many apps: the memory
// that it takes must not grow with them.
func BenchmarkManyApps(b *testing.B) {
	for _, apps := range []int{200, 2000} {
		b.Run(fmt.Sprint(apps, " apps"), func(b *testing.B) {
			w := crowd(b, apps)
			b.ResetTimer()
			for b.Loop() {
				measured(b, w)
			}
		})
	}
}
