package bundle_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	opabundle "github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/keys"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/bundle"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/testkit/corpus"
)

func keyring(t *testing.T) *seal.Keyring {
	t.Helper()
	k, err := seal.Open(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func compile(t *testing.T, files map[string]string, bindings []policy.Binding, rollout policy.Rollout) *policy.Set {
	t.Helper()
	texts := map[string][]byte{}
	for name, text := range files {
		texts[name] = []byte(text)
	}
	set, err := policy.Compile(t.Context(), texts, bindings, rollout)
	if err != nil {
		t.Fatal(catalog.FormatErrors(err))
	}
	return set
}

// read loads a bundle as a stock OPA does, and verifies it.
func read(t *testing.T, b []byte, pem string) (opabundle.Bundle, error) {
	t.Helper()
	with := opabundle.NewVerificationConfig(map[string]*keys.Config{bundle.KeyID: {Key: pem, Algorithm: "ES256"}}, "", "", nil)
	return opabundle.NewReader(bytes.NewReader(b)).WithBundleVerificationConfig(with).Read()
}

// asker asks the wrapper of one gate with OPA's library.
func asker(t *testing.T, b opabundle.Bundle, gate core.Gate) func(doc []byte) core.Verdicts {
	t.Helper()
	q, err := rego.New(rego.ParsedBundle("paddock", &b), rego.Query("x := data."+bundle.Root+"."+string(gate))).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return func(doc []byte) core.Verdicts {
		var input any
		if err := json.Unmarshal(doc, &input); err != nil {
			t.Fatal(err)
		}
		rs, err := q.Eval(t.Context(), rego.EvalInput(input))
		if err != nil || len(rs) != 1 {
			t.Fatal(rs, err)
		}
		text, err := json.Marshal(rs[0].Bindings["x"])
		if err != nil {
			t.Fatal(err)
		}
		var v core.Verdicts
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// The starter's rules give 200 apps the same answers at every gate, in OPA's
// hands as in ours.
func TestStarterAnswersTheSame(t *testing.T) {
	rev, err := catalog.Load(t.Context(), governance.FS(), "starter")
	if err != nil {
		t.Fatal(err)
	}
	k := keyring(t)
	file, err := bundle.Write(rev.Policy, k)
	if err != nil {
		t.Fatal(err)
	}
	b, err := read(t, file, k.OutsidePEM())
	if err != nil {
		t.Fatal(err)
	}
	if b.Manifest.Revision != rev.Policy.Revision() || !slices.Equal(*b.Manifest.Roots, []string{"paddock", "paddock_decision", "policy"}) {
		t.Errorf("revision %s, roots %v", b.Manifest.Revision, *b.Manifest.Roots)
	}
	denied, passed := 0, 0
	for _, gate := range corpus.Gates() {
		ask := asker(t, b, gate)
		for _, c := range corpus.Of(rev) {
			doc := c.At(gate)
			ours, err := rev.Policy.Answer(t.Context(), gate, doc)
			if err != nil {
				t.Fatal(err)
			}
			if theirs := ask(doc); !bundle.Same(theirs, ours.Verdicts) {
				t.Errorf("%s at %s: OPA says %+v, the gate says %+v", c.Name, gate, theirs, ours.Verdicts)
			}
			if len(ours.Verdicts.Deny) > 0 {
				denied++
			} else {
				passed++
			}
		}
	}
	if denied < 100 || passed < 100 {
		t.Errorf("the corpus is one-sided: %d denied, %d passed", denied, passed)
	}
}

func percent(n int) *int { return &n }

// Rules that reach some apps only, and apps that are exempt, are the same apps
// in OPA's hands.
func TestRolloutReachesTheSameApps(t *testing.T) {
	rev, err := catalog.Load(t.Context(), governance.FS(), "starter")
	if err != nil {
		t.Fatal(err)
	}
	from := rev.Policy.Source()
	from.Rollout = policy.Rollout{
		"registry_not_allowed":     {Percent: percent(40)},
		"image_not_approved":       {Stage: policy.Off},
		"region_not_allowed":       {Stage: policy.Warn, Percent: percent(70), Otherwise: policy.Enforce},
		"store_not_allowed":        {Percent: percent(0), Otherwise: policy.Off},
		"runtime_not_approved":     {Halted: true},
		"vendor_not_approved":      {Stage: policy.Off, Classification: map[string]policy.Stage{"restricted": policy.Warn, "phi": policy.Enforce}},
		"template_unknown":         {Owner: map[string]policy.Stage{"ben@example.org": policy.Off, "@lab.example.org": policy.Warn}, Classification: map[string]policy.Stage{"public": policy.Off}, Percent: percent(50)},
		"required_scan_not_passed": {Stage: policy.Warn, Halted: true},
	}
	var cases []corpus.Case
	for i, c := range corpus.Of(rev) {
		c.Input.App.Owner = []string{"ana@example.org", "Ben@Example.org", "cy@lab.example.org", "", "nobody"}[i%5]
		c.Input.App.CoOwners = [][]string{nil, {"dan@example.org"}, {"sam@example.org", "SEC@example.org"}}[i%3]
		c.Input.Now = []string{"2026-11-29T10:00:00Z", "2026-12-01T00:30:00+02:00", "soon", ""}[i%4]
		cases = append(cases, c)
		for _, code := range []string{"budget_other_currency", "classification_too_high", "registry_not_allowed"} {
			approver, until := []string{"sec@example.org", "ana@example.org"}[i%2], []string{"2026-11-30", "2026-11-29", "2026-11-28"}[i%3]
			from.Exemptions = append(from.Exemptions, policy.Exemption{Rule: code, App: c.Input.App.Name, Reason: "r", Approver: approver, Expires: until})
		}
	}
	set, err := from.Compile(t.Context())
	if err != nil {
		t.Fatal(catalog.FormatErrors(err))
	}
	k := keyring(t)
	file, err := bundle.Write(set, k)
	if err != nil {
		t.Fatal(err)
	}
	b, err := read(t, file, k.OutsidePEM())
	if err != nil {
		t.Fatal(err)
	}
	became := map[string]int{}
	for _, gate := range corpus.Gates() {
		ask := asker(t, b, gate)
		for _, c := range cases {
			doc := c.At(gate)
			ours, err := set.Answer(t.Context(), gate, doc)
			if err != nil {
				t.Fatal(err)
			}
			if theirs := ask(doc); !bundle.Same(theirs, ours.Verdicts) {
				t.Errorf("%s at %s: OPA says %+v, the gate says %+v", c.Name, gate, theirs, ours.Verdicts)
			}
			for _, f := range ours.Fired {
				became[f.Became]++
			}
		}
	}
	for _, how := range []string{"", "off", "warn", "halted", "exempt"} {
		if became[how] < 10 {
			t.Errorf("the corpus has %d denials that became %q", became[how], how)
		}
	}
}

// What a gate does with odd answers, bindings and stages, the wrapper does too.
// Only the words of a policy_error differ.
func TestOddAnswersAreTheSame(t *testing.T) {
	const gate = "package paddock.app.deploy\n"
	bound := policy.Binding{Query: "data.old.rules.allow", Gates: []core.Gate{core.GateAppDeploy}, Input: "app"}
	for note, c := range map[string]struct {
		rego    string
		old     string
		query   string // of the binding; default data.old.rules.allow
		rollout policy.Rollout
		errs    bool
	}{
		"texts":              {rego: gate + `deny contains "no" if input.app.name == "payroll"` + "\n" + `warn contains "hm"`},
		"empty text":         {rego: gate + `deny contains ""`, errs: true},
		"a number":           {rego: gate + `deny contains 3`, errs: true},
		"unknown key":        {rego: gate + `deny contains {"code": "a", "message": "b", "hint": "c"}`, errs: true},
		"no code":            {rego: gate + `deny contains {"message": "b"}`, errs: true},
		"bad code":           {rego: gate + `warn contains {"code": "A-1", "message": "b"}`, errs: true},
		"message is a list":  {rego: gate + `deny contains {"code": "a", "message": ["b"]}`, errs: true},
		"all keys":           {rego: gate + `deny contains {"code": "a", "message": "b", "fix": "c", "path": "d"}`},
		"empty keys":         {rego: gate + `deny contains {"code": "a", "message": "b", "fix": "", "path": ""}`},
		"unknown role":       {rego: gate + `approve contains {"role": "king", "reason": "b"}`, errs: true},
		"role without why":   {rego: gate + `approve contains {"role": "security", "reason": ""}`, errs: true},
		"terms":              {rego: gate + `approve contains {"role": "security", "reason": "b", "quorum": 2, "certification": "b a", "within_hours": 8, "escalate_to": "platform", "step_up": true, "delegate_role": "privacy"}`},
		"terms left out":     {rego: gate + `approve contains {"role": "security", "reason": "b", "quorum": 1, "certification": "", "within_hours": 0, "escalate_to": "", "step_up": false, "delegate_role": ""}`},
		"strictest terms":    {rego: gate + `approve contains {"role": "owner", "reason": r, "quorum": q, "within_hours": h, "escalate_to": e, "certification": c} if some [r, q, h, e, c] in [["a", 2, 8, "platform", "x"], ["b", 3, 0, "boss@example.org", "x y"], ["c", 0, 4, "platform", ""]]`},
		"a group":            {rego: gate + `approve contains {"role": "group:okta/board", "reason": "b"}`},
		"half a group":       {rego: gate + `approve contains {"role": "group:okta", "reason": "b"}`, errs: true},
		"quorum is text":     {rego: gate + `approve contains {"role": "security", "reason": "b", "quorum": "2"}`, errs: true},
		"quorum is a part":   {rego: gate + `approve contains {"role": "security", "reason": "b", "quorum": 1.5}`, errs: true},
		"quorum of 21":       {rego: gate + `approve contains {"role": "security", "reason": "b", "quorum": 21}`, errs: true},
		"quorum below zero":  {rego: gate + `approve contains {"role": "security", "reason": "b", "quorum": -1}`, errs: true},
		"step_up is text":    {rego: gate + `approve contains {"role": "security", "reason": "b", "step_up": "yes"}`, errs: true},
		"escalates nowhere":  {rego: gate + `approve contains {"role": "security", "reason": "b", "escalate_to": "nobody"}`, errs: true},
		"delegates to none":  {rego: gate + `approve contains {"role": "security", "reason": "b", "delegate_role": "king"}`, errs: true},
		"unknown term":       {rego: gate + `approve contains {"role": "security", "reason": "b", "quorom": 2}`, errs: true},
		"one role, two whys": {rego: gate + `approve contains {"role": "security", "reason": r} if some r in ["b", "a"]` + "\n" + `approve contains {"role": "finance", "reason": "c"}`},
		"a list":             {rego: gate + `deny := [{"code": "a", "message": "b"}]`},
		"an object":          {rego: gate + `deny := {"code": "a", "message": "b"}`, errs: true},
		"a number for a set": {rego: gate + `deny := 3`, errs: true},
		"undefined":          {rego: gate + `deny := ["x"] if input.app.name == "nobody"`, errs: true},
		"501 entries":        {rego: gate + `deny contains {"code": "a", "message": sprintf("%d", [n])} if some n in numbers.range(1, 501)`, errs: true},
		"warned":             {rego: gate + `deny contains {"code": "a", "message": "b"}`, rollout: policy.Rollout{"a": {Stage: policy.Warn}}},
		"off":                {rego: gate + `deny contains {"code": "a", "message": "b"}` + "\n" + `deny contains {"code": "c", "message": "d"}`, rollout: policy.Rollout{"a": {Stage: policy.Off}, "c": {Stage: policy.Enforce}}},
		"allowed":            {rego: gate, old: "package old.rules\nallow { input.name == \"payroll\" }"},
		"not allowed":        {rego: gate, old: "package old.rules\nallow { input.name == \"other\" }"},
		"false":              {rego: gate, old: "package old.rules\ndefault allow = false"},
		"no truth value":     {rego: gate, old: "package old.rules\nallow = \"yes\" { true }", errs: true},
		"a set of texts":     {rego: gate, query: "data.old.rules.deny", old: "package old.rules\ndeny[msg] { msg = \"no\" }\ndeny[msg] { input.name == \"other\"; msg = \"never\" }"},
		"a set of objects":   {rego: gate, query: "data.old.rules.violation", old: "package old.rules\nviolation[x] { x = {\"msg\": \"no\", \"code\": \"mine\", \"fix\": \"f\", \"path\": \"p\", \"details\": {\"a\": 1}} }\nviolation[x] { x = {\"msg\": \"odd\", \"code\": \"NO\", \"fix\": 3} }"},
		"a set of warnings":  {rego: gate, query: "data.old.rules.warn_old", old: "package old.rules\nwarn_old[msg] { msg = \"hm\" }"},
		"an empty set":       {rego: gate, query: "data.old.rules.deny", old: "package old.rules\ndeny[msg] { input.name == \"other\"; msg = \"never\" }"},
		"a set of numbers":   {rego: gate, query: "data.old.rules.deny", old: "package old.rules\ndeny[n] { n = 3 }", errs: true},
		"a set without msg":  {rego: gate, query: "data.old.rules.deny", old: "package old.rules\ndeny[x] { x = {\"message\": \"no\"} }", errs: true},
		"no set":             {rego: gate, query: "data.old.rules.deny", old: "package old.rules\ndeny = 3 { true }", errs: true},
		"no set at all":      {rego: gate, query: "data.old.rules.deny", old: "package old.rules\ndeny = [\"x\"] { input.name == \"other\" }", errs: true},
		"warned binding":     {rego: gate, old: "package old.rules\ndefault allow = false", rollout: policy.Rollout{"policy_denied": {Stage: policy.Warn}}},
	} {
		t.Run(note, func(t *testing.T) {
			files, bindings := map[string]string{"policies/a.rego": c.rego}, []policy.Binding(nil)
			if c.old != "" {
				bound := bound
				if c.query != "" {
					bound.Query = c.query
				}
				files["policies/old.rego"], bindings = c.old, []policy.Binding{bound}
			}
			set, k := compile(t, files, bindings, c.rollout), keyring(t)
			file, err := bundle.Write(set, k)
			if err != nil {
				t.Fatal(err)
			}
			b, err := read(t, file, k.OutsidePEM())
			if err != nil {
				t.Fatal(err)
			}
			doc, _, err := policy.Input{Gate: core.GateAppDeploy, App: policy.App{Name: "payroll"}}.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			ours, err := set.Answer(t.Context(), core.GateAppDeploy, doc)
			if err != nil {
				t.Fatal(err)
			}
			theirs := asker(t, b, core.GateAppDeploy)(doc)
			if has := hasError(ours.Verdicts); has != c.errs || hasError(theirs) != c.errs {
				t.Fatalf("a failed policy: %v, here %v, there %v\n%+v\n%+v", c.errs, has, hasError(theirs), ours.Verdicts, theirs)
			}
			if !c.errs && !bundle.Same(theirs, ours.Verdicts) {
				t.Errorf("OPA says %+v, the gate says %+v", theirs, ours.Verdicts)
			}
		})
	}
}

func hasError(v core.Verdicts) bool {
	return slices.ContainsFunc(v.Deny, func(r core.Reason) bool { return r.Code == "policy_error" })
}

// Equal policies give equal bytes, whoever asks and whenever; others do not.
func TestWriteIsDeterministic(t *testing.T) {
	k := keyring(t)
	write := func(rego string) []byte {
		b, err := bundle.Write(compile(t, map[string]string{"policies/a.rego": rego}, nil, nil), k)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	one := `package paddock.app.create` + "\n" + `deny contains "x"`
	if !bytes.Equal(write(one), write(one)) {
		t.Error("the same policies make two bundles")
	}
	if bytes.Equal(write(one), write(one+"\n")) {
		t.Error("two policies make one bundle")
	}
}

// A bundle that another installation signed, or that was changed, is refused by OPA.
func TestReadersRefuseOthers(t *testing.T) {
	k := keyring(t)
	set := compile(t, map[string]string{"policies/a.rego": "package paddock.app.create\ndeny contains \"x\""}, nil, nil)
	file, err := bundle.Write(set, k)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, file, keyring(t).OutsidePEM()); err == nil || !strings.Contains(err.Error(), "verify") {
		t.Errorf("another key: %v", err)
	}
	b, err := read(t, file, k.OutsidePEM())
	if err != nil {
		t.Fatal(err)
	}
	for note, spoil := range map[string]func(b *opabundle.Bundle){
		"another rule":     func(b *opabundle.Bundle) { b.Modules[0].Raw = append(b.Modules[0].Raw, '\n') },
		"another revision": func(b *opabundle.Bundle) { b.Manifest.Revision = "sha256:0" },
		"one rule less":    func(b *opabundle.Bundle) { b.Modules = b.Modules[1:] },
		"data":             func(b *opabundle.Bundle) { b.Data = map[string]any{"x": 1} },
		"no signature":     func(b *opabundle.Bundle) { b.Signatures = opabundle.SignaturesConfig{} },
	} {
		c := b.Copy()
		c.Signatures = b.Signatures
		spoil(&c)
		var out bytes.Buffer
		if err := opabundle.NewWriter(&out).DisableFormat(true).Write(c); err != nil {
			t.Fatal(err)
		}
		if _, err := read(t, out.Bytes(), k.OutsidePEM()); err == nil {
			t.Errorf("%s: it was read", note)
		}
	}
}
