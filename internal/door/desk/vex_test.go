package desk_test

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/org/vex"
)

// Security alone says what does not count; those who see every app see what was said.
func TestVEXIsSecuritys(t *testing.T) {
	o := newOffice(t)
	o.desk.VEX = &vex.Book{Store: o.DB, Audit: o.Audit, Clock: o.Clock, IDs: o.IDs, Governance: func() (string, []openvex.Source) { return "r", nil }}
	doc := []byte(`{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.org/1","author":"Sam","timestamp":"2026-03-01T00:00:00Z","statements":[
{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/lodash"}],"status":"not_affected","impact_statement":"never called"}]}`)
	for _, who := range []core.Person{o.hana, o.pia, o.aude, {}} {
		if _, err := o.desk.AddVEX(o.Ctx(), who, doc); core.CodeOf(err) != core.Forbidden && core.CodeOf(err) != core.Unauthorized {
			t.Errorf("%s: %v", who.Email, err)
		}
	}
	v, err := o.desk.AddVEX(o.Ctx(), o.sam, doc)
	o.Must(err)
	if v.From != o.sam.Email || v.Statements != 1 || v.Document != "https://example.org/1" || v.Added == nil {
		t.Errorf("%+v", v)
	}
	if list, err := o.desk.VEXDocuments(o.Ctx(), o.aude); err != nil || len(list) != 1 || list[0].Digest != v.Digest {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := o.desk.VEXDocuments(o.Ctx(), o.hana); core.CodeOf(err) != core.Forbidden {
		t.Errorf("a maker: %v", err)
	}
}
