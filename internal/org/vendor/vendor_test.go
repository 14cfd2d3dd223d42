package vendor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/vendor"
)

func good() (core.Vendor, core.Descriptor) {
	return core.Vendor{Name: "mailer", Title: "Mailer Inc", State: core.VendorApproved, Hosts: []string{"api.mailer.example", "*.eu.mailer.example"},
			Regions: []string{"eu-sovereign"}, DPASigned: true, DPAExpires: "2026-06-30", PrivacyState: "approved"},
		core.Descriptor{Name: "payroll", Classification: core.PHI, Region: "eu-sovereign",
			Vendors: []core.VendorUse{{Name: "mailer", Hosts: []string{"api.mailer.example"}}}}
}

// WFL-4
func TestMayUse(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*core.Vendor, *core.Descriptor)
		want   string // codes
	}{
		"all is well":              {func(*core.Vendor, *core.Descriptor) {}, ""},
		"pending":                  {func(v *core.Vendor, _ *core.Descriptor) { v.State = core.VendorPending }, "vendor_not_approved"},
		"no state":                 {func(v *core.Vendor, _ *core.Descriptor) { v.State = "" }, "vendor_not_approved"},
		"blocked":                  {func(v *core.Vendor, _ *core.Descriptor) { v.State = core.VendorBlocked }, "vendor_blocked"},
		"other region":             {func(_ *core.Vendor, d *core.Descriptor) { d.Region = "us-east-1" }, "vendor_region"},
		"no region in the record":  {func(v *core.Vendor, _ *core.Descriptor) { v.Regions = nil }, "vendor_region"},
		"no region on either side": {func(v *core.Vendor, d *core.Descriptor) { v.Regions, d.Region = []string{""}, "" }, "vendor_region"},
		"not declared":             {func(_ *core.Vendor, d *core.Descriptor) { d.Vendors = nil }, "vendor_not_declared"},
		"strange host": {func(_ *core.Vendor, d *core.Descriptor) {
			d.Vendors[0].Hosts = append(d.Vendors[0].Hosts, "evil.example")
		}, "vendor_host_unknown"},
		"no agreement, phi":         {func(v *core.Vendor, _ *core.Descriptor) { v.DPASigned = false }, "vendor_dpa_missing"},
		"no agreement, restricted":  {func(v *core.Vendor, d *core.Descriptor) { v.DPASigned = false; d.Classification = core.Restricted }, "vendor_dpa_missing"},
		"no agreement, internal":    {func(v *core.Vendor, d *core.Descriptor) { v.DPASigned = false; d.Classification = core.InternalUse }, ""},
		"no agreement, misspelt":    {func(v *core.Vendor, d *core.Descriptor) { v.DPASigned = false; d.Classification = "pubic" }, "vendor_dpa_missing"},
		"agreement ends today":      {func(v *core.Vendor, _ *core.Descriptor) { v.DPAExpires = "2026-03-02" }, ""},
		"agreement ended yesterday": {func(v *core.Vendor, _ *core.Descriptor) { v.DPAExpires = "2026-03-01" }, "vendor_dpa_expired"},
		"agreement without end":     {func(v *core.Vendor, _ *core.Descriptor) { v.DPAExpires = "" }, ""},
		"end is no date":            {func(v *core.Vendor, _ *core.Descriptor) { v.DPAExpires = "30.6.2026" }, "vendor_dpa_unreadable"},
		"review pending":            {func(v *core.Vendor, _ *core.Descriptor) { v.PrivacyState = "pending" }, "vendor_privacy_review"},
		"no review":                 {func(v *core.Vendor, _ *core.Descriptor) { v.PrivacyState = "" }, "vendor_privacy_review"},
		"no review, public":         {func(v *core.Vendor, d *core.Descriptor) { v.PrivacyState = ""; d.Classification = core.Public }, ""},
		"everything at once": {func(v *core.Vendor, d *core.Descriptor) {
			v.State, v.DPASigned, v.PrivacyState, d.Region, d.Vendors = core.VendorPending, false, "rejected", "x", nil
		}, "vendor_not_approved vendor_not_declared vendor_region vendor_dpa_missing vendor_privacy_review"},
	} {
		v, d := good()
		c.change(&v, &d)
		var codes []string
		for _, r := range vendor.MayUse(v, d, time.Date(2026, 3, 2, 23, 59, 0, 0, time.UTC)) {
			codes = append(codes, r.Code)
			if r.Message == "" || r.Fix == "" || slices.ContainsFunc(strings.SplitAfter(r.Message, ". "), func(s string) bool { return len(strings.Fields(s)) > 15 }) {
				t.Errorf("%s: words of %+v", name, r)
			}
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestServes(t *testing.T) {
	v, _ := good()
	for host, want := range map[string]bool{
		"api.mailer.example": true, "API.Mailer.Example.": true, "a.eu.mailer.example": true,
		"": false, ".": false, "mailer.example": false, "eu.mailer.example": false, ".eu.mailer.example": false,
		"a.b.eu.mailer.example": false, "api.mailer.example.evil.example": false, "xapi.mailer.example": false,
	} {
		if got := vendor.Serves(v, host); got != want {
			t.Errorf("Serves(%q) = %v", host, got)
		}
	}
	if vendor.Serves(core.Vendor{Hosts: []string{"*."}}, "a.") || vendor.Serves(core.Vendor{Hosts: []string{""}}, "") {
		t.Error("an empty pattern serves something")
	}
}
