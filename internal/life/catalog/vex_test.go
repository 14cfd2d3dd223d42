package catalog

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/core"
)

const vexDoc = `{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.org/1","author":"Sam","timestamp":"2026-03-02T09:00:00Z","statements":[
{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/lodash@4.17.20"}],"status":"not_affected","impact_statement":"we do not call it"}]}`

func TestVEXOfATree(t *testing.T) {
	list, err := VEX(fstest.MapFS{"vex/2026/a.json": {Data: []byte(vexDoc)}, "vex/README.md": {Data: []byte("how we write them")}})
	if err != nil || len(list) != 1 || list[0].From != "vex/2026/a.json" || list[0].Author != "Sam" {
		t.Fatalf("%+v, %v", list, err)
	}
	if list, err := VEX(fstest.MapFS{}); err != nil || list != nil {
		t.Errorf("%+v, %v", list, err)
	}
	for note, c := range map[string]struct{ file, text, want string }{
		"no reason":   {"vex/a.json", strings.Replace(vexDoc, `,"impact_statement":"we do not call it"`, "", 1), "vex/a.json:2:1: The statement says not_affected, but not why. Add justification"},
		"bad JSON":    {"vex/a.json", vexDoc[:40], "vex/a.json:1:13: This is not JSON"},
		"other kinds": {"vex/a.yaml", "x: 1", "vex/a.yaml: This is not read: OpenVEX documents end in .json."},
		"too large":   {"vex/a.json", strings.Repeat(" ", maxTreeFile+1), "larger than"},
	} {
		_, err := VEX(fstest.MapFS{c.file: {Data: []byte(c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", note, err)
		}
		if len(core.AsError(err).Problems) > 0 {
			t.Errorf("%s: one fault is told as several", note)
		}
	}
}

// A revision with a bad document never takes effect.
func TestBadVEXRefusesTheRevision(t *testing.T) {
	tree := starter(t)
	tree["vex/a.json"] = &fstest.MapFile{Data: []byte(vexDoc)}
	rev, err := Load(t.Context(), tree, "r")
	if err != nil || len(rev.VEX) != 1 {
		t.Fatal(err)
	}
	tree["vex/b.json"] = &fstest.MapFile{Data: []byte(strings.Replace(vexDoc, "not_affected", "not_afected", 1))}
	if _, err := Load(t.Context(), tree, "r"); err == nil || !strings.Contains(err.Error(), `vex/b.json:2:90: There is no status "not_afected". Did you mean "not_affected"?`) {
		t.Errorf("%v", err)
	}
}
