package evidence_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// edit replaces text in one file of a pack.
func edit(name, from, to string) func(string, []byte) []byte {
	return func(n string, data []byte) []byte {
		if n != name {
			return data
		}
		return []byte(strings.Replace(string(data), from, to, 1))
	}
}

// drop leaves one file out.
func drop(name string) func(string, []byte) []byte {
	return func(n string, data []byte) []byte {
		if n == name {
			return nil
		}
		return data
	}
}

func keep(_ string, data []byte) []byte { return data }

// TestRepacked: somebody without the key repacks the archive with valid
// checksums.
func TestRepacked(t *testing.T) {
	w := newWorld(t).live()
	pack := w.export()
	for name, c := range map[string]struct {
		change func(string, []byte) []byte
		more   []string
		what   string
		where  string
	}{
		"nothing":          {keep, nil, "", ""},
		"changed record":   {edit("incidents.json", "evil.example", "good.example"), nil, "was changed", "incidents.json"},
		"changed page":     {edit("index.html", "tracker", "another"), nil, "was changed", "index.html"},
		"changed manifest": {edit("manifest.json", `"incidents": 1`, `"incidents": 0`), nil, "not signed by the key", "manifest.sig"},
		"dropped file":     {drop("incidents.json"), nil, "is missing", "incidents.json"},
		"dropped manifest": {drop("manifest.json"), nil, "is missing", "manifest.json"},
		"no signature":     {drop("manifest.sig"), nil, "is missing", "manifest.sig"},
		"no key":           {drop("keys/audit.vkey"), nil, "is missing", "keys/audit.vkey"},
		"added file":       {keep, []string{"zzz.json"}, "not in the manifest", "zzz.json"},
	} {
		t.Run(name, func(t *testing.T) {
			bad, err := evidence.Rewrite(pack, nil, c.change, c.more...)
			ok(t, err)
			r := w.verified(bad)
			if c.what == "" {
				if !r.OK {
					t.Fatalf("%+v", r.Problems)
				}
				return
			}
			if r.OK || !told(r, c.what) || !at(r, c.where) {
				t.Fatalf("%+v", r.Problems)
			}
		})
	}
}

func at(r evidence.Result, where string) bool {
	for _, p := range r.Problems {
		if strings.HasPrefix(p.Where, where) {
			return true
		}
	}
	return false
}

// TestSignedLies: somebody with the key signs a pack that the log contradicts.
func TestSignedLies(t *testing.T) {
	w := newWorld(t).live()
	pack := w.export()
	line := func(n int, change func(e map[string]any)) func(string, []byte) []byte {
		return func(name string, data []byte) []byte {
			if name != "audit/events.jsonl" {
				return data
			}
			lines := strings.SplitAfter(string(data), "\n")
			var e map[string]any
			ok(t, json.Unmarshal([]byte(lines[n]), &e))
			change(e)
			out, err := json.Marshal(e)
			ok(t, err)
			lines[n] = string(out) + "\n"
			return []byte(strings.Join(lines, ""))
		}
	}
	swap := func(key, from, to string) func(e map[string]any) {
		return func(e map[string]any) { e[key] = strings.Replace(e[key].(string), from, to, 1) }
	}
	other := newWorld(t).live()
	for name, c := range map[string]struct {
		change func(string, []byte) []byte
		what   string
	}{
		"changed leaf":       {line(0, swap("leaf", "person.add", "person.odd")), "the leaf or the proof was changed"},
		"changed opening":    {line(0, swap("opening", "ada@", "eve@")), "not the one that was logged"},
		"another index":      {line(0, func(e map[string]any) { e["index"] = 1 }), "another event"},
		"proof of another":   {line(0, swap("proof", "index 0", "index 1")), "another event"},
		"torn proof":         {line(0, swap("proof", "index", "indox")), "cannot be read"},
		"another checkpoint": {line(0, swap("proof", "\n\npaddock", "\n\npodduck")), "another checkpoint"},
		"unknown field":      {line(0, func(e map[string]any) { e["extra"] = 1 }), "cannot be read"},
		"dropped event":      {edit("audit/events.jsonl", "\n", "\n\n"), "cannot be read"},
		"other log's head":   {replace("audit/checkpoint", checkpoint(t, other)), "not good"},
		"counts":             {edit("manifest.json", `"leases": 1`, `"leases": 2`), "counts 2 leases"},
		"another app":        {edit("manifest.json", string(theApp), "someone-else"), "about another app"},
		"log in manifest":    {edit("manifest.json", `"size": 16`, `"size": 17`), "not the one in the manifest"},
		"lease end":          {edit("leases.json", `"in force"`, `"lost"`), "no known end"},
		"record of another":  {edit("app.json", `"name": "tracker"`, `"name": "trucker"`), "about another app"},
		"torn record":        {edit("vendors.json", "[", "{"), "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			bad, err := evidence.Rewrite(pack, w.keys.NoteSigner(), c.change)
			ok(t, err)
			if r := w.verified(bad); r.OK || !told(r, c.what) {
				t.Fatalf("%+v", r.Problems)
			}
		})
	}
}

// TestOtherAppsEvent: an event that is in the log but about another app has no
// place in the pack.
func TestOtherAppsEvent(t *testing.T) {
	w := newWorld(t).live()
	w.act(core.Event{Action: "app.create", AppID: "another-app", Actor: core.System("test"), Code: "ok"})
	w.exp.Source.Log = mixed{w}
	if r := w.verified(w.export()); r.OK || !told(r, "about another app") {
		t.Fatalf("%+v", r.Problems)
	}
}

func replace(name, text string) func(string, []byte) []byte {
	return func(n string, data []byte) []byte {
		if n == name {
			return []byte(text)
		}
		return data
	}
}

func checkpoint(t *testing.T, w *world) string {
	t.Helper()
	w.export()
	signed, err := w.db.Checkpoint(t.Context())
	ok(t, err)
	return signed
}

// mixed gives the events of all apps.
type mixed struct{ *world }

func (m mixed) EachEvent(ctx context.Context, app core.ID, fn func(int64, string, string) error) error {
	if err := m.world.EachEvent(ctx, app, fn); err != nil {
		return err
	}
	return m.world.EachEvent(ctx, "another-app", fn)
}
