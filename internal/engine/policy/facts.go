package policy

import (
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// AppFacts turns a descriptor into facts. vendors are the organisation's
// vendor records by name; a declared vendor without a record has no state.
func AppFacts(d core.Descriptor, vendors map[string]core.Vendor) App {
	g := d.Guardrails
	return App{
		Name: d.Name, Owner: d.Owner, CoOwners: d.CoOwners, Classification: d.Classification, Region: d.Region,
		Runtime: d.Runtime, Audience: orText(d.Audience, "organisation"), Template: d.Template, Image: d.Image, ImageReg: Registry(d.Image),
		Vendors: vendorsFacts(d.Vendors, vendors), Secrets: d.Secrets, Data: d.Data,
		Budget: Budget{Monthly: d.Budget.Monthly, Currency: d.Budget.Currency},
		Guardrails: Guardrails{CPUMillis: g.CPUMillis, MemoryMiB: g.MemoryMiB, Concurrency: g.Concurrency, TimeoutMS: g.TimeoutMS,
			EgressKBps: g.EgressKBps, StorageMiB: g.StorageMiB, Egress: g.Egress},
	}
}

func vendorsFacts(uses []core.VendorUse, known map[string]core.Vendor) []Vendor {
	out := make([]Vendor, 0, len(uses))
	for _, u := range uses {
		v, ok := known[u.Name]
		if !ok {
			out = append(out, Vendor{Name: u.Name, Hosts: u.Hosts, PrivacyState: "none"})
			continue
		}
		out = append(out, VendorFacts(v, u.Hosts))
	}
	return out
}

// VendorFacts turns a vendor record and the hosts an app calls into facts.
func VendorFacts(v core.Vendor, hosts []string) Vendor {
	return Vendor{Name: v.Name, Hosts: hosts, State: v.State, KnownHosts: v.Hosts, Regions: v.Regions,
		DPASigned: v.DPASigned, DPAExpires: v.DPAExpires, PrivacyState: orText(v.PrivacyState, "none")}
}

// TemplateFacts turns a template into facts.
func TemplateFacts(t core.Template) Template {
	most := t.MaxClassification
	if most == "" {
		most = t.Classification
	}
	return Template{Name: t.Name, Version: t.Version, Owner: t.Owner, Classification: t.Classification, MaxClassification: most,
		AllowedRegions: t.AllowedRegions, Runtime: t.Runtime, CostProfile: t.CostProfile, RequiredScans: t.RequiredScans,
		Approvals: t.Approvals, Course: t.Course}
}

// ReportFacts turns a report into facts; nil means that no checks ran.
func ReportFacts(r *core.Report) Report {
	if r == nil {
		return Report{}
	}
	out := Report{Verdict: r.Verdict, Commit: r.Commit, AdvisoryDate: r.AdvisoryDate, Detected: Detected(r.Detected)}
	for _, c := range r.Checks {
		out.Checks = append(out.Checks, Check{Name: c.Name, Verdict: c.Verdict})
	}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, Finding{Code: f.Code, Check: f.Check, Severity: f.Severity, Blocking: f.Blocking, Path: f.Path, Line: f.Line})
	}
	return out
}

// At sets what depends on the moment of the decision.
func (r *Report) At(now time.Time) {
	r.AdvisoryDays = 0
	if day, err := time.Parse(time.DateOnly, r.AdvisoryDate); err == nil && now.After(day) {
		r.AdvisoryDays = int(now.Sub(day).Hours() / 24)
	}
}

// PassingReport is the report of a commit that passes all the scans. It lets a
// caller ask what the rules say apart from the scans: in a preview, and in the
// check that asks the rules while the report is still being written.
func PassingReport(commit string, scans []string) Report {
	out := Report{Verdict: core.Passed, Commit: commit}
	for _, scan := range scans {
		out.Checks = append(out.Checks, Check{Name: scan, Verdict: core.Passed})
	}
	return out
}

// ArtifactFacts turns an artifact into facts. signed must be true only if the
// signature on the provenance was verified just now.
func ArtifactFacts(a core.Artifact, signed bool) Artifact {
	return Artifact{Digest: a.Digest, SBOM: a.SBOM, Provenance: a.Provenance, Signed: signed}
}

// TargetFacts turns a target into facts.
func TargetFacts(t core.Target) Target { return Target{Name: t.Name, Region: t.Region, Kind: t.Kind} }

// Registry returns the registry host of an image reference, in lower case: the
// part before the first slash if it looks like a host, else docker.io. It
// returns "" for no image.
func Registry(image string) string {
	if image == "" {
		return ""
	}
	host, _, found := strings.Cut(image, "/")
	if found && (strings.ContainsAny(host, ".:") || host == "localhost") {
		return strings.ToLower(host)
	}
	return "docker.io"
}

func orText(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
