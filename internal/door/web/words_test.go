package web

import (
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func TestNumbersForPeople(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{money(20, "EUR"), "€20.00"}, {money(1234567.891, "USD"), "$1,234,567.89"}, {money(0.0031, "EUR"), "< €0.01"}, {money(0.005, "EUR"), "€0.01"},
		{money(0, ""), "€0.00"}, {money(1.999, "GBP"), "£2.00"}, {money(-3.5, "CHF"), "−CHF 3.50"}, {money(0.07, "EUR"), "€0.07"},
		{grouped(0), "0"}, {grouped(999), "999"}, {grouped(1000), "1,000"}, {grouped(-1234567), "−1,234,567"},
		{bytesOf(999), "999 B"}, {bytesOf(482133), "482.1 kB"}, {bytesOf(5_000_000_000_000_000), "5000.0 TB"},
		{percent(1.042), "104 %"}, {cpuTime(999), "999 ms"}, {cpuTime(91234), "91.2 s"}, {cores(1000), "1 core"}, {cores(250), "0.25 cores"},
		{short("sha256:0123456789abcdef"), "0123456789ab"}, {short("sha512:0123456789abcdef"), "sha512-0123456789ab"}, {short("abc"), "abc"}, {short(""), ""},
		{brief("9f3c2b1a7e5d"), "9f3c2b1"}, {plural(1, "check", "checks"), "1 check"}, {plural(1200, "check", "checks"), "1,200 checks"},
		{capital("ábc"), "ábc"}, {capital(""), ""}, {checkTitle("secrets"), "Secrets"}, {roleTitle(core.RoleDataOwner), "Data owner"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTimesForPeople(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "just now"}, {-59 * time.Second, "just now"}, {-time.Minute, "1 minute ago"}, {-90 * time.Minute, "1 hour ago"}, {-47 * time.Hour, "47 hours ago"},
		{-48 * time.Hour, "2 days ago"}, {-96 * 24 * time.Hour, "96 days ago"}, {time.Second, "in a moment"}, {24 * 24 * time.Hour, "in 24 days"},
	} {
		if got := away(now, now.Add(c.d)); got != c.want {
			t.Errorf("%v: got %q, want %q", c.d, got, c.want)
		}
	}
	if got := away(now, time.Time{}); got != "never" {
		t.Errorf("zero: %q", got)
	}
}

// TestChartDrawsGapsAsGaps: a day that is not known is no zero.
func TestChartDrawsGapsAsGaps(t *testing.T) {
	c := requestChart([]view.Day{{Date: "2026-11-01", Requests: 50, Known: true}, {Date: "2026-11-02"}, {Date: "2026-11-03"},
		{Date: "2026-11-04", Requests: 0, Known: true}, {Date: "2026-11-05", Requests: 100, Known: true}})
	want := []bar{
		{x: "1", y: "51.0", width: "8", height: "49.0", known: true, title: "1 Nov: 50"},
		{x: "11", y: "2", width: "18", height: "98", title: "2 Nov to 3 Nov: not known"},
		{x: "31", y: "99.0", width: "8", height: "1.0", known: true, title: "4 Nov: 0"},
		{x: "41", y: "2.0", width: "8", height: "98.0", known: true, title: "5 Nov: 100"},
	}
	if len(c.bars) != len(want) {
		t.Fatalf("%d bars, want %d: %+v", len(c.bars), len(want), c.bars)
	}
	for i := range want {
		if c.bars[i] != want[i] {
			t.Errorf("bar %d: %+v, want %+v", i, c.bars[i], want[i])
		}
	}
	if c.about != "Requests a day over 5 days. Highest: 100. Not known for 2 days." || c.viewBox != "0 0 50 100" {
		t.Errorf("%q, %q", c.about, c.viewBox)
	}
}

func TestFindingsAreGroupedByCause(t *testing.T) {
	f := func(check, what string, blocking bool, sev core.Severity) core.Finding {
		return core.Finding{Check: check, Code: what, What: what, Blocking: blocking, Severity: sev}
	}
	got := findingGroups([]core.Finding{f("licences", "a", false, core.Note), f("code", "b", false, core.Caution), f("secrets", "c", true, core.Blocker),
		f("code", "d", true, core.Blocker), f("secrets", "c", true, core.Blocker)})
	if len(got) != 3 || got[0].check != "secrets" || got[1].check != "code" || got[2].check != "licences" {
		t.Fatalf("%+v", got)
	}
	if len(got[0].problems) != 1 || len(got[0].problems[0].places) != 2 || got[1].problems[0].What != "d" {
		t.Errorf("%+v", got)
	}
}
