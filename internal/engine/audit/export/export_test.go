package export

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// head is a head as a server makes it.
func head(n int64) Head {
	return Head{ID: "0192f0c1-7b3a-7d54-8f00-0123456789ab", Population: n, Query: "GET /api/v1/events/export?app=tracker", At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		By: core.Actor{Kind: core.ActorPerson, ID: "p1", Name: "ada@example.org", Door: "api"}, Size: 12, Checkpoint: "log\n12\nroot\n\n— log sig\n", Origin: "paddock.local/1", Version: "test"}
}

// documented returns the actions of the events' reference.
func documented(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("../../../../docs/reference/events.md")
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.*-]+)` \\|").FindAllStringSubmatch(string(b), -1) {
		actions = append(actions, strings.Replace(m[1], "*", "limit_hit", 1))
	}
	if len(actions) < 50 {
		t.Fatalf("only %d actions are documented", len(actions))
	}
	return actions
}

// required says what OCSF 1.8 demands of each class that we use: its required
// attributes, and one of each group behind them.
var required = map[int]struct{ all, oneOf []string }{
	3001: {[]string{"user"}, nil},
	3002: {[]string{"user"}, []string{"service", "dst_endpoint"}},
	3005: {[]string{"user"}, nil},
	6003: {[]string{"actor", "api", "src_endpoint"}, nil},
}

// activities are the ids that each class knows besides 0 and 99.
var activities = map[int]int{3001: 12, 3002: 7, 3005: 4, 6003: 4}

// faults holds one record against the schema.
func faults(r map[string]any) (out []string) {
	need := func(in map[string]any, where string, keys ...string) {
		for _, k := range keys {
			if in[k] == nil {
				out = append(out, where+k+" is missing")
			}
		}
	}
	one := func(in map[string]any, where string, keys ...string) {
		if !slices.ContainsFunc(keys, func(k string) bool { return in[k] != nil && in[k] != "" }) {
			out = append(out, where+" has none of "+strings.Join(keys, ", "))
		}
	}
	object := func(in map[string]any, key string) map[string]any { m, _ := in[key].(map[string]any); return m }
	number := func(key string) int { f, _ := r[key].(float64); return int(f) }
	need(r, "", "activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid")
	class := number("class_uid")
	c, known := required[class]
	if !known {
		return append(out, fmt.Sprintf("class %d is not one of ours", class))
	}
	need(r, "", c.all...)
	if c.oneOf != nil {
		one(r, "class", c.oneOf...)
	}
	if a := number("activity_id"); a < 0 || a > activities[class] && a != 99 {
		out = append(out, fmt.Sprintf("class %d has no activity %d", class, a))
	}
	if number("type_uid") != class*100+number("activity_id") || number("category_uid") != class/1000 {
		out = append(out, "type or category does not fit the class")
	}
	if s := number("severity_id"); s < 1 || s > 6 {
		out = append(out, "severity")
	}
	if number("time") < 1_700_000_000_000 || number("time") > 2_500_000_000_000 {
		out = append(out, "time is not in milliseconds")
	}
	if number("status_id") == 99 && r["status"] == "" {
		out = append(out, "status 99 without a word")
	}
	need(object(r, "metadata"), "metadata.", "product", "version", "uid")
	one(object(object(r, "metadata"), "product"), "product", "name", "uid")
	one(object(r, "actor"), "actor", "process", "user", "iam_role", "invoked_by", "session", "app_name", "app_uid")
	one(object(r, "src_endpoint"), "src_endpoint", "ip", "uid", "name", "hostname", "svc_name")
	if u := object(r, "user"); u != nil {
		one(u, "user", "account", "name", "uid")
	}
	if u := object(object(r, "actor"), "user"); u != nil {
		one(u, "actor.user", "account", "name", "uid")
	}
	if a := object(r, "api"); a != nil {
		need(a, "api.", "operation")
	}
	return out
}

// samples are events of an action by and on everything that occurs.
func samples(action string) (out []Event) {
	for i, a := range []core.Actor{{Kind: core.ActorPerson, ID: "p1", Name: "ada@example.org", Door: "web"}, {Kind: core.ActorPerson, ID: "p1", Door: "web"},
		core.System("sweep"), {Kind: core.ActorApp, ID: "a1", Name: "tracker", Door: "app"}, {Kind: core.ActorUnknown, Door: "git"}, {}} {
		for _, code := range []string{"ok", "denied", "pending"} {
			e := core.Event{ID: core.ID(fmt.Sprintf("e%d", i)), At: 1_772_442_000_000_000, Action: action, Actor: a, Code: code}
			out = append(out, Event{Event: e, Index: 3})
			e.AppID, e.Gate, e.Target, e.Data = "a1", core.GateAppDeploy, "bob@example.org", map[string]string{"why": "x"}
			out = append(out, Event{Event: e, Index: 4, App: "tracker"})
		}
	}
	return out
}

// TestOCSF: every documented action, whoever did it, makes a record that has
// what its class requires; and so does an action that nobody knows yet.
func TestOCSF(t *testing.T) {
	for _, action := range append(documented(t), "thing.done", "odd") {
		var b bytes.Buffer
		w := newOCSF(&b)
		events := samples(action)
		write(t, w, head(int64(len(events))), events)
		lines := 0
		for s := bufio.NewScanner(&b); s.Scan(); lines++ {
			var r map[string]any
			if err := json.Unmarshal(s.Bytes(), &r); err != nil {
				t.Fatalf("%s: %v", action, err)
			}
			for _, f := range faults(r) {
				t.Errorf("%s: %s: %s", action, f, s.Text())
			}
			if lines == 0 {
				first, _ := r["unmapped"].(map[string]any)
				if first["population"] != float64(len(events)) || first["query"] == "" || first["checkpoint"] == "" {
					t.Errorf("%v", first)
				}
			}
		}
		if lines != len(events)+1 {
			t.Errorf("%s: %d lines of %d events", action, lines, len(events))
		}
	}
}

// TestFaultsBite: the check above refuses what it must.
func TestFaultsBite(t *testing.T) {
	var b bytes.Buffer
	write(t, newOCSF(&b), head(0), nil)
	for _, key := range []string{"activity_id", "class_uid", "metadata", "severity_id", "time", "type_uid", "actor", "api", "src_endpoint"} {
		var r map[string]any
		if err := json.Unmarshal(b.Bytes(), &r); err != nil || len(faults(r)) != 0 {
			t.Fatal(err, faults(r))
		}
		delete(r, key)
		if len(faults(r)) == 0 {
			t.Errorf("a record without %s passes", key)
		}
	}
}

func write(t *testing.T, w Writer, h Head, events []Event) {
	t.Helper()
	if err := w.Begin(h); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
}

// TestCSV: what people read, and nothing that a spreadsheet would run.
func TestCSV(t *testing.T) {
	var b bytes.Buffer
	evil := Event{Event: core.Event{ID: "e1", At: 1_772_442_000_000_000, Action: "push.refuse", Code: "denied", Target: "=HYPERLINK(\"http://x\")",
		Actor: core.Actor{Name: "@SUM(1+9)*cmd|' /C calc'!A0"}, Data: map[string]string{"b": "2", "a": "1"}}, Index: 7, App: "\t=1"}
	write(t, newCSV(&b), head(1), []Event{evil})
	r := csv.NewReader(&b)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if rows[0][0] != "# population" || rows[0][1] != "1" || rows[1][1] != head(1).Query || rows[7][1] != head(1).Checkpoint {
		t.Errorf("%q", rows[:9])
	}
	last := rows[len(rows)-1]
	if len(rows) != 11 || len(last) != len(columns) || last[0] != "7" || last[2] != "2026-03-02T09:00:00.000000Z" || last[13] != "a=1; b=2" {
		t.Errorf("%q", rows[9:])
	}
	for i, cell := range last {
		if cell != "" && strings.ContainsAny(strings.TrimLeft(cell, " \t")[:1], "=+-@|%") {
			t.Errorf("column %s: %q would be run", columns[i], cell)
		}
	}
}

// FuzzHarmless: no cell begins like a formula.
func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"", "=1", " =1", "\t@x", "\ufeff+1", "-2", "plain", "＝1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := harmless(s)
		if got != s && got != "'"+s {
			t.Fatalf("%q became %q", s, got)
		}
		if got == s && s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0])) {
			t.Fatalf("%q went through", s)
		}
	})
}
