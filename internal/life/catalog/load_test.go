package catalog

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
)

// starter returns a copy of the starter tree that a test may change.
func starter(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(governance.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(governance.FS(), name)
		out[name] = &fstest.MapFile{Data: b, Mode: 0o644}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The published descriptor loads as pasted: U+2011 dashes and flattened lists (CAT-2).
func TestPublishedDescriptor(t *testing.T) {
	rev, err := Load(context.Background(), starter(t), "r1")
	if err != nil {
		t.Fatal(FormatErrors(err))
	}
	d := rev.Templates["simple-dashboard"]
	if d.Owner != "analytics" || d.Classification != core.InternalUse || strings.Join(d.AllowedRegions, " ") != "us-east-1 eu-sovereign" ||
		d.Runtime != core.Serverless || d.CostProfile != "micro" || strings.Join(d.RequiredScans, " ") != "sbom dependencies code" || d.Version != "1" {
		t.Errorf("%+v", d)
	}
	if len(rev.Warnings) != 4 {
		t.Fatalf("warnings = %v", rev.Warnings)
	}
	w := rev.Warnings[0]
	if w.Field != "templates/simple-dashboard/template.yaml:1:13" || !strings.Contains(w.Msg, "U+2011") || !strings.Contains(w.Msg, `"simple-dashboard"`) {
		t.Errorf("warning = %v", w)
	}
}

// The published secret policy is in force, and the built-in store beside it (SEC-6).
func TestPublishedSecretPolicy(t *testing.T) {
	tree := starter(t)
	rev, err := Load(context.Background(), tree, "r1")
	if err != nil {
		t.Fatal(FormatErrors(err))
	}
	p := rev.Settings.SecretPolicy
	if p.RepoDetection != "block_on_match" || p.CIAuth != "oidc" || p.RotationDays != 7 {
		t.Errorf("%+v", p)
	}
	if got := strings.Join(rev.Settings.AllowedStores(), " "); got != "aws_secrets_manager azure_key_vault platform vault" {
		t.Errorf("stores = %s", got)
	}
	// The same keys in paddock.yaml instead.
	delete(tree, SecretPolicyFile)
	tree[SettingsFile].Data = append(tree[SettingsFile].Data, "secret_policy:\n  repo_detection: block_on_match\n  allowed_stores: [vault]\n  ci_auth: oidc\n  rotation_days: 7\n"...)
	if rev, err = Load(context.Background(), tree, "r2"); err != nil {
		t.Fatal(FormatErrors(err))
	}
	if got := strings.Join(rev.Settings.AllowedStores(), " "); got != "platform vault" {
		t.Errorf("stores = %s", got)
	}
}

// Each change to the starter is refused, with words that a maintainer can act on.
func TestLoadFaultsReadAloud(t *testing.T) {
	const template, vendor = "templates/internal-dashboard/template.yaml", "vendors/talent-directory.yaml"
	for name, c := range map[string]struct {
		file, old, new string
		want           string
	}{
		"unknown setting":    {SettingsFile, "regions:", "regoins:", `paddock.yaml:5:1: The key "regoins" is not known here. Did you mean "regions"?`},
		"target elsewhere":   {SettingsFile, "region: us-east-1", "region: us-est-1", `paddock.yaml:13:13: The target "us-east-1" is in the region "us-est-1", which is not in regions. Did you mean "us-east-1"?`},
		"target kind":        {SettingsFile, "kind: embedded", "kind: embeded", `Did you mean "embedded"?`},
		"clock":              {SettingsFile, "archive_days: 120", "archive_days: 30", `Apps would be archived after 30 days, but owners are told only after 90.`},
		"currency":           {SettingsFile, "currency: EUR", "currency: Euro", `The currency "Euro" is not a currency code. Use three capital letters, such as EUR.`},
		"price":              {SettingsFile, "gib_hour: 0.01", "gib_hour: -1", `"prices.gib_hour" cannot be -1. Use 0 or more.`},
		"role":               {SettingsFile, "role: security", "role: securty", `"role" cannot be "securty". Did you mean "security"?`},
		"store":              {SettingsFile, "[platform]", "[plattform]", `There is no secret store "plattform". Did you mean "platform"?`},
		"organisation":       {SettingsFile, "organisation: Example Organisation", "", `The organisation has no name.`},
		"binding gate":       {SettingsFile, "[app.create,", "[app.creat,", `"gates" cannot be "app.creat". Did you mean "app.create"?`},
		"binding rule":       {SettingsFile, "data.policy.container.allow", "data.policy.container.alow", `Did you mean "data.policy.container.allow"?`},
		"binding input":      {SettingsFile, "input: app", "input: apps", `"input" cannot be "apps". Did you mean "app"?`},
		"secret policy":      {SecretPolicyFile, "rotation_days", "rotation_day", `secrets-policy.json:6:1: The key "rotation_day" is not known here. Did you mean "rotation_days"?`},
		"secret policy days": {SecretPolicyFile, ": 7", ": 0", `secrets-policy.json:6:18: "secret_policy.rotation_days" cannot be 0. Use a number from 1 to 3650.`},
		"detection":          {SecretPolicyFile, "block_on_match", "ignore", `"repo_detection" cannot be "ignore". Use one of: block_on_match.`},
		"two secret policies": {SettingsFile, "lifecycle:", "secret_policy:\n  rotation_days: 7\nlifecycle:",
			`The secret policy is here and in secrets-policy.json. Keep one of them.`},
		"template name":       {template, "name: internal-dashboard", "name: internal-dashbord", `The name is "internal-dashbord", but the folder is called "internal-dashboard". Make them the same.`},
		"template region":     {template, "[eu-sovereign]", "[eu-soverein]", `The template "internal-dashboard" allows the region "eu-soverein", which is not in paddock.yaml. Did you mean "eu-sovereign"?`},
		"template scan":       {template, "sast", "sats", template + `:11:32: There is no scan "sats". Did you mean "sast"?`},
		"group country":       {RegionsFile, "", "groups:\n  - name: home\n    countries: [Germany]\n", `regions.yaml:3:17: "Germany" is not a country. Write two capital letters, such as DE, or an area, such as EU.`},
		"group key":           {RegionsFile, "", "groups:\n  - name: home\n    contries: [DE]\n", `The key "contries" is not known here. Did you mean "countries"?`},
		"group empty":         {RegionsFile, "", "groups:\n  - name: home\n", `The group "home" is empty. Add countries: or regions:.`},
		"group twice":         {RegionsFile, "", "groups:\n  - {name: a, countries: [DE]}\n  - {name: a, countries: [FR]}\n", `The group "a" is there twice.`},
		"template max":        {template, "max_classification: restricted", "max_classification: public", `"public" is less sensitive than classification, which is "internal".`},
		"template vendor":     {template, "name: talent-directory", "name: talent-directry", `The template "internal-dashboard" uses the vendor "talent-directry", which has no record. Did you mean "talent-directory"?`},
		"template host":       {template, "[talent.example]", "[evil.example]", `The host "evil.example" is not one of the vendor "talent-directory". Use talent.example.`},
		"template course":     {template, "version:", "course: safe-app\nversion:", `The template "internal-dashboard" asks for the course "safe-app", which does not exist. Did you mean "safe-apps"?`},
		"template parameter":  {template, "title: Your team", "titel: Your team", `The key "titel" is not known here. Did you mean "title"?`},
		"template key gone":   {template, "owner: people-analytics", "", `The key "owner" is missing. Add a line that starts with owner:`},
		"vendor private":      {vendor, "  - talent.example", "  - 10.0.0.7:8443", `"10.0.0.7:8443" is an address inside a network. List it, with its port, under allow_private too, or remove it.`},
		"vendor date":         {vendor, "2026-03-02", "2026-02-31", `"2026-02-31" is not a date. Write it as year-month-day, for example 2027-01-31.`},
		"vendor review":       {vendor, "  by: privacy@example.com\n", "", `An approved privacy review needs its reviewer and its date. Add by: and date:.`},
		"vendor region":       {vendor, "- eu-sovereign", "- eu-west", `The vendor "talent-directory" names the region "eu-west", which is not in paddock.yaml.`},
		"vendor name":         {vendor, "name: talent-directory", "name: talents", `The name is "talents", but the file is called "talent-directory.yaml".`},
		"course answer":       {"training/safe-apps.yaml", "answer: 2", "answer: 4", `Question 1 has no choice 4. Use the number of the right choice, from 1 to 3.`},
		"policy input":        {"policies/registries.rego", "input.app.image_reg !=", "input.app.imagereg !=", `policies/registries.rego:11:2: This policy reads input.app.imagereg, but there is no "imagereg" there. Did you mean "image_reg"?`},
		"rollout stage":       {"policies/rollout.yaml", "rules: {}", "rules: {region_not_allowed: of}", `policies/rollout.yaml:4:29: "region_not_allowed" cannot be "of". Did you mean "off"?`},
		"rollout code":        {"policies/rollout.yaml", "rules: {}", "rules: {region_not_alowed: off}", `The rollout names the rule "region_not_alowed", but no policy gives that code. Did you mean "region_not_allowed"?`},
		"rollout key":         {RolloutFile, "rules: {}", "rules:\n  region_not_allowed: {stage: warn, percnt: 5}", `policies/rollout.yaml:5:37: The key "percnt" is not known here. Did you mean "percent"?`},
		"rollout percent":     {RolloutFile, "rules: {}", "rules:\n  region_not_allowed: {percent: 105}", `policies/rollout.yaml:5:33: The rollout of region_not_allowed reaches 105 percent of apps. Use a number from 0 to 100.`},
		"rollout class":       {RolloutFile, "rules: {}", "rules:\n  region_not_allowed:\n    classification: {intrnal: warn}", `policies/rollout.yaml:6:31: The rollout of region_not_allowed names the classification "intrnal", which does not exist. Did you mean "internal"?`},
		"rollout group":       {RolloutFile, "rules: {}", "groups: {pilots: [ana@b.c]}\nrules:\n  region_not_allowed:\n    owner: {pilot: warn}", `policies/rollout.yaml:7:20: There is no group "pilot". Did you mean "pilots"?`},
		"rollout member":      {RolloutFile, "rules: {}", "groups: {pilots: [ana]}", `policies/rollout.yaml:4:19: "ana" is not an e-mail address.`},
		"rollout unknown at":  {RolloutFile, "rules: {}", "rules:\n  region_not_alowed: warn", `policies/rollout.yaml:5:22: The rollout names the rule "region_not_alowed"`},
		"exemption rule":      {ExemptionsFile, "", exempt("rule: region_not_alowed"), `policies/exemptions.yaml:2:11: The exemption of payroll names the rule "region_not_alowed", but no policy gives that code. Did you mean "region_not_allowed"?`},
		"exemption app":       {ExemptionsFile, "", exempt("app: Pay Roll"), `policies/exemptions.yaml:3:10: The name "Pay Roll" does not start with a small letter.`},
		"exemption reason":    {ExemptionsFile, "", exempt("reason: because"), `policies/exemptions.yaml:4:13: The exemption gives no reason. Say in a sentence why this app may do what others may not.`},
		"exemption approver":  {ExemptionsFile, "", exempt("approver: sam"), `policies/exemptions.yaml:5:15: "sam" is not an e-mail address.`},
		"exemption date":      {ExemptionsFile, "", exempt("expires: 2026-02-31"), `policies/exemptions.yaml:6:14: The exemption of payroll ends on "2026-02-31", which is not a date.`},
		"exemption no end":    {ExemptionsFile, "", exempt("expires:"), `policies/exemptions.yaml:6:13: The exemption has no end.`},
		"exemption key":       {ExemptionsFile, "", exempt("tickt: A-1"), `policies/exemptions.yaml:7:5: The key "tickt" is not known here. Did you mean "ticket"?`},
		"skeleton word":       {"templates/internal-dashboard/skeleton/public/index.html", "{{title}}", "{{titel}}", `skeleton/public/index.html:8:10: There is no placeholder {{titel}}. Did you mean "title"?`},
		"skeleton not there":  {"templates/intake-form/", "", "", `The template "intake-form" has no files for its apps.`},
		"skeleton brings one": {"templates/intake-form/skeleton/.github/workflows/x.yml", "", "on: push\n", `Every app gets its own .github/workflows/x.yml; a template must not bring one. Delete it.`},
	} {
		t.Run(name, func(t *testing.T) {
			tree := starter(t)
			change(t, tree, c.file, c.old, c.new)
			_, err := Load(context.Background(), tree, "r")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

// exempt is an exemptions file in which one line is replaced, or added.
func exempt(line string) string {
	lines := []string{"rule: region_not_allowed", "app: payroll", "reason: Moves to another region in spring.", "approver: sam@b.c", "expires: 2026-12-31"}
	word, _, _ := strings.Cut(line, ":")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, word+":") })
	switch {
	case i >= 0:
		lines[i] = line
	case line != "":
		lines = append(lines, line)
	}
	return "exemptions:\n  - " + strings.Join(lines, "\n    ") + "\n"
}

func TestRolloutGroups(t *testing.T) {
	tree := starter(t)
	change(t, tree, RolloutFile, "rules: {}", "groups: {one: [Ana@b.c, \"@lab.b.c\"], two: [\"@lab.b.c\", bo@b.c]}\nrules:\n  region_not_allowed:\n    owner: {one: off, two: warn, bo@b.c: enforce}")
	rev, err := Load(context.Background(), tree, "r")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(rev.Policy.Source().Rollout["region_not_allowed"].Owner)
	if want := "map[@lab.b.c:warn ana@b.c:off bo@b.c:enforce]"; got != want {
		t.Errorf("owners = %s, want %s", got, want)
	}
	src, err := Rules(tree)
	if err != nil || src.Revision() != rev.Policy.Revision() {
		t.Errorf("read for a replay: %s %v, want %s", src.Revision(), err, rev.Policy.Revision())
	}
}

// The end of exemptions is held against the clock, and nothing else.
func TestExemptionsEnd(t *testing.T) {
	tree := starter(t)
	change(t, tree, ExemptionsFile, "", exempt(""))
	for day, want := range map[string]string{
		"2026-10-02": "",
		"2026-10-01": "error policies/exemptions.yaml:2:5: The exemption of payroll from region_not_allowed lasts until 2026-12-31; the last day allowed is 2026-12-30. Choose an earlier day, or raise policy.exemption_days (90) in paddock.yaml.",
		"2026-12-17": "",
		"2026-12-18": "policies/exemptions.yaml:2:5: The exemption of payroll from region_not_allowed ends on 2026-12-31. Mend the app by then, or ask sam@b.c for more time.",
		"2026-12-31": "policies/exemptions.yaml:2:5: The exemption of payroll from region_not_allowed ends on 2026-12-31. Mend the app by then, or ask sam@b.c for more time.",
		"2027-01-01": "policies/exemptions.yaml:2:5: The exemption of payroll from region_not_allowed ended on 2026-12-31. Delete it.",
	} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		rev, err := Load(context.Background(), tree, "r")
		if err != nil {
			t.Fatal(err)
		}
		warnings, err := rev.CheckExemptions(now)
		got := ""
		if err != nil {
			got = "error " + err.Error()
		}
		for _, w := range warnings {
			got += w.Error()
		}
		if got != want {
			t.Errorf("%s: got  %s\nwant %s", day, got, want)
		}
	}
}

func change(t *testing.T, tree fstest.MapFS, file, old, with string) {
	t.Helper()
	switch {
	case strings.HasSuffix(file, "/"): // take the skeleton away
		for name := range tree {
			if strings.HasPrefix(name, file+"skeleton/") {
				delete(tree, name)
			}
		}
	case old == "":
		tree[file] = &fstest.MapFile{Data: []byte(with), Mode: 0o644}
	default:
		b := string(tree[file].Data)
		if !strings.Contains(b, old) {
			t.Fatalf("%s does not hold %q", file, old)
		}
		tree[file].Data = []byte(strings.Replace(b, old, with, 1))
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	tree := starter(t)
	change(t, tree, SettingsFile, "idle_days: 90", "idle_days: 0")
	change(t, tree, "vendors/quick-sms.yaml", "state: pending", "state: maybe")
	change(t, tree, "policies/budgets.rego", "input.org.currency}", "input.org.curency}")
	_, err := Load(context.Background(), tree, "r")
	text := FormatErrors(err)
	for _, want := range []string{"paddock.yaml:", "vendors/quick-sms.yaml:4:8\n  \"state\" cannot be \"maybe\".", "policies/budgets.rego:"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\ndoes not say %q", text, want)
		}
	}
}

func TestLinksAreRefused(t *testing.T) {
	tree := starter(t)
	tree["templates/intake-form/skeleton/public/secret"] = &fstest.MapFile{Mode: fs.ModeSymlink | 0o777}
	if _, err := Load(context.Background(), tree, "r"); err == nil || !strings.Contains(err.Error(), "Only plain files are read") {
		t.Errorf("error = %v", err)
	}
}

func TestNoSettings(t *testing.T) {
	if _, err := Load(context.Background(), fstest.MapFS{}, "r"); core.CodeOf(err) != core.Unreadable {
		t.Errorf("error = %v", err)
	}
}

func TestFailedPolicyTestIsAFault(t *testing.T) {
	tree := starter(t)
	change(t, tree, "policies/stores.rego", "not secret.store in", "secret.store in")
	_, err := Validate(context.Background(), tree, "r", time.Now())
	if err == nil || !strings.Contains(err.Error(), "paddock.lib.stores_test.test_not_allowed does not pass") {
		t.Errorf("error = %v", err)
	}
}

// The parsers never crash, and a fault always has a place and a full stop.
func FuzzGovernanceFiles(f *testing.F) {
	tree := starter(f)
	for i, name := range []string{SettingsFile, "templates/internal-dashboard/template.yaml", "templates/simple-dashboard/template.yaml", "vendors/talent-directory.yaml", "training/safe-apps.yaml", SecretPolicyFile} {
		f.Add(uint8(i), tree[name].Data)
	}
	f.Add(uint8(5), []byte("groups: {a: [b@c.d]}\nrules: {x: warn, y: {percent: 5, owner: {a: off}}}"))
	f.Add(uint8(6), []byte(exempt("")))
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		var err error
		switch kind % 7 {
		case 0:
			_, _, err = ParseSettings(b, nil)
		case 1:
			_, _, err = ParseTemplate("f", b)
		case 2:
			_, _, err = ParseVendor("f", b)
		case 3:
			_, _, err = ParseCourse("f", b)
		case 4:
			_, _, err = ParseSettings(tree[SettingsFile].Data, b)
		case 5:
			_, _, found := readRollout(b)
			err = core.Join(core.Invalid, "Faults:", found)
		case 6:
			_, _, found := readExemptions(b)
			err = core.Join(core.Invalid, "Faults:", found)
		}
		if err == nil {
			return
		}
		e := core.AsError(err)
		for _, p := range append(e.Problems, e) {
			if p.Code == core.Internal || len(e.Problems) == 0 && p.Field == "" {
				t.Errorf("%v has no place or is internal", p)
			}
		}
	})
}

// What is wrong with the rules is known when they are compiled; with other
// faults, all are told at once.
func TestBegin(t *testing.T) {
	tree := starter(t)
	tree["policies/broken.rego"] = &fstest.MapFile{Data: []byte("package paddock.broken\n\nbroken {{{\n")}
	rev, compile, err := Begin(t.Context(), tree, "r1")
	if err != nil || rev == nil {
		t.Fatal("the rules were waited for:", err)
	}
	if err := compile(); err == nil || !strings.Contains(FormatErrors(err), "policies/broken.rego:") || rev.Policy != nil {
		t.Errorf("compile = %v", err)
	}
	tree["training/odd.yaml"] = &fstest.MapFile{Data: []byte("name: other\n")}
	if _, _, err = Begin(t.Context(), tree, "r1"); err == nil {
		t.Fatal("a faulty course went by")
	}
	if said := FormatErrors(err); !strings.Contains(said, "policies/broken.rego:") || !strings.Contains(said, "training/odd.yaml") {
		t.Errorf("said %s", said)
	}
}
