package evidence_test

import (
	"encoding/json"
	"strings"
	"testing"

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
		"changed record":   {edit("incidents.jsonl", "evil.example", "good.example"), nil, "was changed", "incidents.jsonl"},
		"changed page":     {edit("index.html", "tracker", "another"), nil, "was changed", "index.html"},
		"changed manifest": {edit("manifest.json", `"asked": 1`, `"asked": 0`), nil, "not signed by the key", "manifest.sig"},
		"dropped file":     {drop("incidents.jsonl"), nil, "is missing", "incidents.jsonl"},
		"dropped manifest": {drop("manifest.json"), nil, "is missing", "manifest.json"},
		"no signature":     {drop("manifest.sig"), nil, "is missing", "manifest.sig"},
		"no key":           {drop("keys/audit.vkey"), nil, "is missing", "keys/audit.vkey"},
		"added file":       {keep, []string{"zzz.json"}, "not in the manifest", "zzz.json"},
		"dropped page":     {drop("index.html"), nil, "is missing", "index.html"},
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
			if r.OK || !told(r, c.what) || !toldAt(r, c.where) {
				t.Fatalf("%+v", r.Problems)
			}
		})
	}
}

func toldAt(r evidence.Result, where string) bool {
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
		"changed leaf":          {line(0, swap("leaf", "app.create", "app.crated")), "the leaf or the proof was changed"},
		"changed opening":       {line(0, swap("opening", "ada@", "eve@")), "not the one that was logged"},
		"another index":         {line(0, func(e map[string]any) { e["log_index"] = 1 }), "another event"},
		"proof of another":      {line(0, swap("proof", "index 3", "index 4")), "another event"},
		"torn proof":            {line(0, swap("proof", "index", "indox")), "cannot be read"},
		"another checkpoint":    {line(0, func(e map[string]any) { e["proof"] = e["proof"].(string) + "paddock" }), "not spelt as it was written"},
		"event of support":      {line(0, func(e map[string]any) { e["support"] = true }), "counted as one of the time"},
		"another app there":     {line(0, func(e map[string]any) { e["app"] = "01980000-0000-7000-8000-00000000000b" }), "about another app"},
		"unknown field":         {line(0, func(e map[string]any) { e["extra"] = 1 }), "cannot be read"},
		"dropped event":         {edit("audit/events.jsonl", "\n", "\n\n"), "cannot be read"},
		"other log's head":      {replace("audit/checkpoint", checkpoint(t, other)), "not good"},
		"counts":                {edit("manifest.json", `"asked": 15`, `"asked": 16`), "counts 16 events"},
		"another app":           {edit("manifest.json", string(theApp), "someone-else"), "about another app"},
		"log in manifest":       {edit("manifest.json", `"size": 19`, `"size": 20`), "not the one in the manifest"},
		"lease end":             {edit("grants.jsonl", `"in force"`, `"lost"`), "no known end"},
		"record of another":     {edit("apps.jsonl", `"name":"tracker"`, `"name":"trucker"`), "about another app"},
		"act told otherwise":    {edit("lifecycle.jsonl", "app.create", "app.delete"), "does not say what event"},
		"act left out":          {edit("changes.jsonl", "\n", ""), "cannot be read"},
		"policy of another day": {edit("policies/"+policyHex(w)+".json", "bad_name", "bad_nome"), "not the one that it is filed as"},
		"vendor's file":         {edit("vendors.jsonl", `"file":"sha256:`, `"file":"sha256:0`), "not a file of its revision"},
		"revision never active": {edit("governance.jsonl", firstRevision, secondRevision), "does not say that revision"},
		"control mapping":       {edit("controls.json", `"count": 4`, `"count": 5`), "does not follow"},
		"population":            {edit("population/decisions.csv", "1,d-create", "\n1,d-create"), "rows; the population has"},
		"certificate of nobody": {edit("certificates.jsonl", string(owner), string(boss)+"0"), "not among the people"},
		"actions":               {edit("manifest.json", `"vendor.use": 5`, `"vendor.use": 6`), "other events or decisions"},
		"order of events":       {swapLines("audit/events.jsonl"), "twice or out of order"},
		"an event twice":        {twice("audit/events.jsonl"), "twice or out of order"},
		"torn record":           {edit("vendors.jsonl", "{", "["), "cannot be read"},
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

func policyHex(w *world) string { return strings.TrimPrefix(w.rules.Revision(), "sha256:") }

// swapLines swaps the first two lines of a file.
func swapLines(name string) func(string, []byte) []byte {
	return func(n string, data []byte) []byte {
		if n != name {
			return data
		}
		lines := strings.SplitAfter(string(data), "\n")
		lines[0], lines[1] = lines[1], lines[0]
		return []byte(strings.Join(lines, ""))
	}
}

// twice repeats the first line of a file.
func twice(name string) func(string, []byte) []byte {
	return func(n string, data []byte) []byte {
		if n != name {
			return data
		}
		first, _, _ := strings.Cut(string(data), "\n")
		return []byte(first + "\n" + string(data))
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
