package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/witness"
)

var (
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
	stores       = []string{"vault", "aws_secrets_manager", "azure_key_vault", "platform"}
)

// faults gathers what is wrong, each with the key at fault.
type faults []*core.Error

func (f *faults) add(key, hint, format string, args ...any) {
	*f = append(*f, core.Errorf(core.Invalid, format, args...).Hinted("%s", hint).At(key))
}

// check notes err, if any, under the key.
func (f *faults) check(key string, err error) {
	if err != nil {
		*f = append(*f, core.AsError(err).At(key))
	}
}

// Validate reports all faults at once; Field is the key at fault, e.g.
// "targets.0.region".
func (s Settings) Validate() error {
	return core.Join(core.Invalid, "The settings have faults:", s.faults())
}

func (s Settings) faults() []*core.Error {
	var f faults
	if strings.TrimSpace(s.Organisation) == "" {
		f.add("organisation", "Add the name of your organisation.", "The organisation has no name.")
	}
	s.checkPlaces(&f)
	s.checkMoney(&f)
	s.checkClocks(&f)
	s.checkSecrets(&f)
	s.checkTrust(&f)
	s.checkRoles(&f)
	s.checkLicences(&f)
	s.Classifications.needs(func(key string, _ core.Classification, _ core.Gate, n Need) { n.check(&f, key) })
	s.Audit.check(&f)
	s.Access.check(&f)
	s.Admission.check(&f)
	checkGuardrails(&f, "guardrails", s.Guardrails)
	for i, host := range s.ApprovedRegistries {
		f.check(fmt.Sprintf("approved_registries.%d", i), CheckHost(host))
	}
	return f
}

func (s Settings) checkPlaces(f *faults) {
	if len(s.Regions) == 0 {
		f.add("regions", "Add at least one, for example eu-sovereign.", "There is no region.")
	}
	for i, r := range s.Regions {
		f.check(fmt.Sprintf("regions.%d", i), CheckName(r))
		if slices.Index(s.Regions, r) < i {
			f.add(fmt.Sprintf("regions.%d", i), "Keep one of them.", "The region %q is there twice.", r)
		}
	}
	seen := map[string]bool{}
	for i, t := range s.Targets {
		key := fmt.Sprintf("targets.%d", i)
		f.check(key+".name", CheckName(t.Name))
		if seen[t.Name] {
			f.add(key+".name", "Give each target its own name.", "The target %q is there twice.", t.Name)
		}
		seen[t.Name] = true
		if !slices.Contains(s.Regions, t.Region) {
			f.add(key+".region", hintOneOf(t.Region, s.Regions), "The target %q is in the region %q, which is not in regions.", t.Name, t.Region)
		}
		if t.Kind == "" {
			f.add(key, "Add kind: embedded, kubernetes or serverless.", "The target %q has no kind.", t.Name)
		}
	}
}

func (s Settings) checkMoney(f *faults) {
	if !currencyForm.MatchString(s.Budgets.Currency) {
		f.add("budgets.currency", "Use three capital letters, such as EUR.", "The currency %q is not a currency code.", s.Budgets.Currency)
	}
	for _, m := range []struct {
		key   string
		value float64
	}{{"budgets.monthly", s.Budgets.Monthly}, {"budgets.approve_above", s.Budgets.ApproveAbove}, {"prices.cpu_second", s.Prices.CPUSecond},
		{"prices.gib_hour", s.Prices.GiBHour}, {"prices.million_requests", s.Prices.MillionRequests}, {"prices.egress_gib", s.Prices.EgressGiB}} {
		if m.value < 0 || m.value > 1e9 {
			f.add(m.key, "Use 0 or more.", "%q cannot be %v.", m.key, m.value)
		}
	}
	if s.Prices.Version == "" {
		f.add("prices.version", "Name the price list, for example 2026-01.", "The prices have no version.")
	}
}

func (s Settings) checkClocks(f *faults) {
	for _, c := range []struct {
		key       string
		value, to int
	}{{"approvals.expire_hours", s.Approvals.ExpireHours, 24 * 365}, {"lifecycle.idle_days", s.Lifecycle.IdleDays, 3650},
		{"lifecycle.archive_days", s.Lifecycle.ArchiveDays, 3650}, {"notifications.remind_hours", s.Notifications.RemindHours, 24 * 365},
		{"secret_policy.rotation_days", s.SecretPolicy.RotationDays, 3650}, {"policy.exemption_days", s.Policy.ExemptionDays, 3650}} {
		if c.value < 1 || c.value > c.to {
			f.add(c.key, fmt.Sprintf("Use a number from 1 to %d.", c.to), "%q cannot be %d.", c.key, c.value)
		}
	}
	if s.Policy.CoverageFloor < 0 || s.Policy.CoverageFloor > 100 {
		f.add("policy.coverage_floor", "Use a number from 0 to 100.", "%q cannot be %d.", "policy.coverage_floor", s.Policy.CoverageFloor)
	}
	if s.Lifecycle.BuddyDays < 0 || s.Lifecycle.BuddyDays > 3650 {
		f.add("lifecycle.buddy_days", "Use 0 for no buddy.", "%q cannot be %d.", "lifecycle.buddy_days", s.Lifecycle.BuddyDays)
	}
	if s.Lifecycle.ArchiveDays <= s.Lifecycle.IdleDays {
		f.add("lifecycle.archive_days", "Make it larger, so that owners have time to answer.",
			"Apps would be archived after %d days, but owners are told only after %d.", s.Lifecycle.ArchiveDays, s.Lifecycle.IdleDays)
	}
}

func (s Settings) checkSecrets(f *faults) {
	for key, list := range map[string][]string{"secret_policy.allowed_stores": s.SecretPolicy.AllowedStores, "more_allowed_stores": s.MoreAllowedStores} {
		for i, store := range list {
			if !slices.Contains(stores, store) {
				f.add(fmt.Sprintf("%s.%d", key, i), hintOneOf(store, stores), "There is no secret store %q.", store)
			}
		}
	}
	if len(s.AllowedStores()) == 0 {
		f.add("secret_policy.allowed_stores", "Add platform for the built-in store.", "No store may hold secrets.")
	}
}

func (a Audit) check(f *faults) {
	seen := map[string]bool{}
	for i, w := range a.Witnesses {
		key := fmt.Sprintf("audit.witnesses.%d", i)
		if _, err := witness.ParsePeer(w.URL, w.Key); err != nil {
			f.check(key+"."+core.AsError(err).Field, err)
		}
		name, _, _ := strings.Cut(w.Key, "+")
		if seen[name] {
			f.add(key+".key", "Keep one of them.", "The witness %q is there twice.", name)
		}
		seen[name] = true
	}
	if len(a.Witnesses) > 0 && (a.Quorum < 1 || a.Quorum > len(a.Witnesses)) {
		f.add("audit.quorum", fmt.Sprintf("Use a number from 1 to %d, the number of witnesses.", len(a.Witnesses)), "%q cannot be %d.", "audit.quorum", a.Quorum)
	}
	for i, key := range a.Logs {
		if _, err := witness.ParseLogs([]string{key}); err != nil {
			f.check(fmt.Sprintf("audit.logs.%d", i), err)
		}
	}
	a.checkCopies(f)
}

func (a Audit) checkCopies(f *faults) {
	if a.Every < 1 || a.Every > 10080 {
		f.add("audit.copy_minutes", "Use a number from 1 to 10080, a week.", "%q cannot be %d.", "audit.copy_minutes", a.Every)
	}
	seen := map[string]bool{}
	for i, c := range a.Copies {
		key, kinds := fmt.Sprintf("audit.copies.%d", i), 0
		for _, where := range []string{c.Folder, c.Git, c.S3} {
			if where != "" {
				kinds++
			}
		}
		if kinds != 1 {
			f.add(key, "Give each copy one of: folder, git, s3.", "A copy has %d places.", kinds)
			continue
		}
		p := c.place()
		if err := p.Check(); err != nil {
			f.check(key+"."+core.AsError(err).Field, err)
		}
		if seen[p.Name()] {
			f.add(key, "Keep one of them.", "The place %q is there twice.", p.Name())
		}
		seen[p.Name()] = true
	}
}

// checkGuardrails refuses limits below zero and beyond what one app may have.
func checkGuardrails(f *faults, key string, g core.Guardrails) {
	for _, l := range []struct {
		name      string
		value, to int
	}{{"cpu_millis", g.CPUMillis, 64000}, {"memory_mib", g.MemoryMiB, 65536}, {"concurrency", g.Concurrency, 10000},
		{"timeout_ms", g.TimeoutMS, 900000}, {"egress_kbps", g.EgressKBps, 10000000}, {"storage_mib", g.StorageMiB, 1048576}} {
		if l.value < 0 || l.value > l.to {
			f.add(key+"."+l.name, fmt.Sprintf("Use a number from 1 to %d, or leave the line out.", l.to), "%q cannot be %d.", l.name, l.value)
		}
	}
	for i, h := range g.Egress {
		f.check(fmt.Sprintf("%s.egress.%d", key, i), CheckHost(h))
	}
}

// hintOneOf suggests the nearest word, or lists a few.
func hintOneOf(word string, known []string) string {
	if h := core.DidYouMean(word, known); h != "" {
		return h
	}
	if len(known) == 0 || len(known) > 12 {
		return ""
	}
	return "Use " + strings.Join(known, " or ") + "."
}
