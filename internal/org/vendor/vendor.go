// Package vendor says whether an app may call a third party (WFL-4).
//
// It is pure: a vendor's record, an app's descriptor and the date go in, reasons
// come out. The gate vendor.use, the checks and the egress gateway ask the same
// function, so they give the same answer (promise 2). Whatever a record leaves
// open counts against the vendor.
package vendor

import (
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// MayUse returns why app may not use v at the moment now; nothing means it may.
// v must be approved, must serve the app's region, and must be declared by the
// app with hosts that v owns. For restricted and phi data it also needs a data
// processing agreement in force and an approved privacy review.
func MayUse(v core.Vendor, app core.Descriptor, now time.Time) []core.Reason {
	reasons := slices.Concat(approved(v), declared(v, app), region(v, app))
	if app.Classification.AtLeast(core.Restricted) {
		reasons = slices.Concat(reasons, agreement(v, app, now), privacy(v, app))
	}
	return reasons
}

// Serves reports whether v owns host, a name without port. A record's
// "*.example.com" stands for exactly one label before the dot.
func Serves(v core.Vendor, host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host != "" && slices.ContainsFunc(v.Hosts, func(h string) bool {
		h = strings.ToLower(h)
		rest, wild := strings.CutPrefix(h, "*.")
		if !wild {
			return h == host
		}
		label, tail, found := strings.Cut(host, ".")
		return found && label != "" && tail == rest
	})
}

func approved(v core.Vendor) []core.Reason {
	switch v.State {
	case core.VendorApproved:
		return nil
	case core.VendorBlocked:
		return because("vendor_blocked", name(v)+" is blocked in this organisation.", "Use another vendor.")
	default:
		return because("vendor_not_approved", name(v)+" is not approved yet.", "Ask the platform team to approve it, or use another vendor.")
	}
}

func declared(v core.Vendor, app core.Descriptor) []core.Reason {
	i := slices.IndexFunc(app.Vendors, func(u core.VendorUse) bool { return u.Name == v.Name })
	if i < 0 {
		return because("vendor_not_declared", "The app does not name "+name(v)+" as a vendor.", "Add "+v.Name+" under vendors in microapp.yaml.")
	}
	var reasons []core.Reason
	for _, h := range app.Vendors[i].Hosts {
		if !Serves(v, h) {
			reasons = append(reasons, because("vendor_host_unknown", "The host "+h+" does not belong to "+name(v)+".",
				"Use one of: "+strings.Join(v.Hosts, ", ")+".")...)
		}
	}
	return reasons
}

func region(v core.Vendor, app core.Descriptor) []core.Reason {
	if app.Region != "" && slices.Contains(v.Regions, app.Region) {
		return nil
	}
	where := "no region"
	if len(v.Regions) > 0 {
		where = strings.Join(v.Regions, ", ")
	}
	return because("vendor_region", name(v)+" may be used from "+where+"; the app runs in "+app.Region+".", "Use a vendor of that region, or ask the platform team.")
}

func agreement(v core.Vendor, app core.Descriptor, now time.Time) []core.Reason {
	if !v.DPASigned {
		return because("vendor_dpa_missing", name(v)+" has no signed data agreement. "+class(app)+" data needs one.", "Ask the privacy team for a data processing agreement.")
	}
	if v.DPAExpires == "" {
		return nil
	}
	last, err := time.Parse(time.DateOnly, v.DPAExpires)
	if err != nil {
		return because("vendor_dpa_unreadable", "The end of the data agreement with "+name(v)+` is "`+v.DPAExpires+`", which is no date.`, "Write it as YYYY-MM-DD in the vendor's record.")
	}
	if now.UTC().Before(last.AddDate(0, 0, 1)) { // the last day counts
		return nil
	}
	return because("vendor_dpa_expired", "The data agreement with "+name(v)+" ended on "+v.DPAExpires+".", "Ask the privacy team to renew it.")
}

func privacy(v core.Vendor, app core.Descriptor) []core.Reason {
	if v.PrivacyState == "approved" {
		return nil
	}
	state := v.PrivacyState
	if state == "" {
		state = "none"
	}
	return because("vendor_privacy_review", name(v)+" has no approved privacy review (now: "+state+"). "+class(app)+" data needs one.", "Ask the privacy team for a review.")
}

func because(code, message, fix string) []core.Reason {
	return []core.Reason{{Code: code, Message: message, Fix: fix, Path: "microapp.yaml"}}
}

func name(v core.Vendor) string {
	if v.Title != "" {
		return v.Title
	}
	return v.Name
}

// class names the app's classification at the start of a sentence.
func class(app core.Descriptor) string {
	switch app.Classification {
	case core.PHI:
		return "Health"
	case core.Restricted:
		return "Restricted"
	default:
		return "Unclassified" // counts as most sensitive
	}
}
