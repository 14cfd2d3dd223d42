package policy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

func ptr(n int) *int { return &n }

// A revision keeps the name it was given before rules could reach some apps
// only, so that decisions of former revisions are found and replayed.
func TestShortFormKeepsItsName(t *testing.T) {
	const name = "sha256:3708453af2c4a1800f6b067b9cbd718ea6c5d6832ce1b4fff6a41b306070b7eb"
	stored := `{"files":{"a.rego":` + quoted(regions) + `},"bindings":[],"rollout":{"no_budget":"off","region_not_allowed":"warn"}}`
	var src policy.Source
	if err := json.Unmarshal([]byte(stored), &src); err != nil {
		t.Fatal(err)
	}
	set, err := src.Compile(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if set.Revision() != name {
		t.Errorf("a stored source with the short form is now %s, was %s", set.Revision(), name)
	}
	back, err := json.Marshal(set.Source())
	if err != nil || string(back) != stored {
		t.Errorf("written again: %s %v", back, err)
	}
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// Whatever a rollout says survives being stored, and is part of the revision.
func TestRolloutIsStored(t *testing.T) {
	one := policy.Rollout{"region_not_allowed": {Stage: policy.Enforce, Classification: map[string]policy.Stage{"phi": policy.Warn},
		Owner: map[string]policy.Stage{"@example.org": policy.Off}, Percent: ptr(0), Otherwise: policy.Off, HaltAbove: ptr(3)}}
	set := compile(t, files("a.rego", regions), nil, one)
	b, err := json.Marshal(set.Source())
	if err != nil {
		t.Fatal(err)
	}
	var src policy.Source
	if err := json.Unmarshal(b, &src); err != nil || !reflect.DeepEqual(src.Rollout, one) {
		t.Errorf("read back: %+v %v", src.Rollout, err)
	}
	names := map[string]bool{set.Revision(): true}
	for i, change := range []func(r *policy.Reach){func(r *policy.Reach) { r.Percent = ptr(1) }, func(r *policy.Reach) { r.Otherwise = "" },
		func(r *policy.Reach) { r.HaltAbove = ptr(4) }, func(r *policy.Reach) { r.Owner = nil }, func(r *policy.Reach) { r.Classification = nil },
		func(r *policy.Reach) { r.Halted = true }} {
		reach := one["region_not_allowed"]
		change(&reach)
		if name := policy.Revision(files("a.rego", regions), nil, policy.Rollout{"region_not_allowed": reach}); names[name] {
			t.Errorf("change %d keeps the name of the revision", i)
		} else {
			names[name] = true
		}
	}
}

func TestStageOf(t *testing.T) {
	r := policy.Rollout{
		"plain": {Stage: policy.Warn},
		"by":    {Stage: policy.Warn, Owner: map[string]policy.Stage{"ana@x.org": policy.Off, "@x.org": policy.Enforce}, Classification: map[string]policy.Stage{"phi": policy.Enforce}},
		"none":  {Percent: ptr(0)},
		"all":   {Percent: ptr(100)},
		"few":   {Stage: policy.Warn, Percent: ptr(0)},
		"other": {Percent: ptr(0), Otherwise: policy.Off},
	}
	halted := r.Halt([]string{"all", "plain"})
	for _, c := range []struct {
		in         policy.Rollout
		code       string
		app, owner string
		class      string
		want       policy.Stage
	}{
		{r, "unnamed", "a", "", "", policy.Enforce},
		{r, "plain", "a", "", "", policy.Warn},
		{r, "by", "a", "Ana@X.org", "phi", policy.Off},
		{r, "by", "a", "bo@x.org", "internal", policy.Enforce},
		{r, "by", "a", "bo@y.org", "phi", policy.Enforce},
		{r, "by", "a", "bo@notx.org", "internal", policy.Warn},
		{r, "by", "a", "", "internal", policy.Warn},
		{r, "none", "a", "", "", policy.Warn},
		{r, "all", "a", "", "", policy.Enforce},
		{r, "all", "", "", "", policy.Enforce},
		{r, "few", "a", "", "", policy.Off},
		{r, "other", "a", "", "", policy.Off},
		{halted, "all", "a", "", "", policy.Warn},
		{halted, "plain", "a", "", "", policy.Warn},
		{r, "policy_error", "a", "", "", policy.Enforce},
	} {
		if got := c.in.StageOf(c.code, policy.Subject{App: c.app, Owner: c.owner, Classification: c.class}); got != c.want {
			t.Errorf("%s for %q of %q (%s) = %s, want %s", c.code, c.app, c.owner, c.class, got, c.want)
		}
	}
	if r["all"].Halted || strings.Join(halted.Halted(), " ") != "all plain" {
		t.Error("halting changed the rollout it was given")
	}
}

// The stage depends on the rule, the app's name, owner and classification, and
// on nothing else of the input; and percentages only ever add apps.
func TestStageDependsOnItsKeysOnly(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 1))
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	stage := func() policy.Stage { return policy.Stages[rnd.IntN(3)] }
	for range 40 {
		reach := policy.Reach{Stage: stage()}
		if rnd.IntN(2) == 0 {
			reach.Owner = map[string]policy.Stage{pick("ana@x.org", "bo@y.org"): stage(), pick("@x.org", "@y.org"): stage()}
		}
		if rnd.IntN(2) == 0 {
			reach.Classification = map[string]policy.Stage{pick("phi", "internal"): stage()}
		}
		percent := rnd.IntN(101)
		if rnd.IntN(2) == 0 {
			reach.Percent = &percent
		}
		roll := policy.Rollout{"region_not_allowed": reach}
		s := compileOnce(t, roll)
		for range 20 {
			onlyItsKeys(t, s, roll, reach, percent, pick)
		}
	}
}

func onlyItsKeys(t *testing.T, s *policy.Set, roll policy.Rollout, reach policy.Reach, percent int, pick func(...string) string) {
	t.Helper()
	in := policy.Input{App: policy.App{Name: pick("app-1", "app-2", "app-3", "app-4") + pick("", "x", "y", "z", "-q", "-r"), Owner: pick("ana@x.org", "cy@x.org", "bo@y.org", ""), Classification: core.Classification(pick("phi", "internal", "public"))},
		Target: policy.Target{Region: "nowhere"}}
	want := verdict(eval(t, s, core.GateAppDeploy, in))
	in.Now, in.Actor.Email, in.App.Audience, in.App.Data = pick("2026-01-01T00:00:00Z", "2031-01-01T00:00:00Z"), pick("x@y.z", ""), pick("public", "owners"), []string{pick("health", "contact")}
	in.Report.Commit, in.Org.Name, in.App.Region = pick("a", "b"), pick("a", "b"), pick("eu", "us")
	if got := verdict(eval(t, s, core.GateAppDeploy, in)); got != want {
		t.Fatalf("%+v: %s became %s by what a rollout must not read", reach, want, got)
	}
	sub := policy.Subject{App: in.App.Name, Owner: in.App.Owner, Classification: string(in.App.Classification)}
	if reach.Percent == nil || reach.Stage != policy.Enforce || roll.StageOf("region_not_allowed", sub) != policy.Enforce {
		return
	}
	for more := percent; more <= 100; more++ {
		reach.Percent = &more
		if (policy.Rollout{"region_not_allowed": reach}).StageOf("region_not_allowed", sub) != policy.Enforce {
			t.Fatalf("%+v is reached by %d percent and not by %d", sub, percent, more)
		}
	}
}

// Percentages are shares: of many apps, about that many are in.
func TestPercentIsAShare(t *testing.T) {
	for _, percent := range []int{1, 10, 50, 90} {
		in := 0
		r := policy.Rollout{"some_rule": {Percent: &percent}}
		for i := range 10000 {
			if r.StageOf("some_rule", policy.Subject{App: fmt.Sprintf("app-%d", i)}) == policy.Enforce {
				in++
			}
		}
		if in < percent*100-200 || in > percent*100+200 {
			t.Errorf("%d percent are %d of 10,000", percent, in)
		}
	}
}

// compileOnce is compile, with the rules of TestGateAnswers.
func compileOnce(t *testing.T, r policy.Rollout) *policy.Set {
	t.Helper()
	return compile(t, files("a.rego", `package paddock.app.deploy

deny contains {"code": "region_not_allowed", "message": "No."} if input.target.region == "nowhere"
`), nil, r)
}

func verdict(v core.Verdicts) string {
	return fmt.Sprintf("%d denied, %d warned", len(v.Deny), len(v.Warn))
}

// What a rule said is remembered once; what it means for each app is not.
func TestRolloutAfterRememberedAnswers(t *testing.T) {
	s := compileOnce(t, policy.Rollout{"region_not_allowed": {Stage: policy.Warn, Classification: map[string]policy.Stage{"phi": policy.Enforce}}})
	for range 3 {
		for class, want := range map[core.Classification]string{"phi": "1 denied, 0 warned", "internal": "0 denied, 1 warned"} {
			in := policy.Input{App: policy.App{Name: "app", Classification: class}, Target: policy.Target{Region: "nowhere"}}
			if got := verdict(eval(t, s, core.GateAppDeploy, in)); got != want {
				t.Fatalf("%s: %s, want %s", class, got, want)
			}
		}
	}
}

func TestRolloutFaults(t *testing.T) {
	for want, r := range map[string]policy.Reach{
		`rules.region_not_allowed.percent: The rollout of region_not_allowed reaches 101 percent of apps.`:                                    {Percent: ptr(101)},
		`rules.region_not_allowed.otherwise: The rollout of region_not_allowed says what the other apps get, but it has no percent.`:          {Otherwise: policy.Off},
		`rules.region_not_allowed.halt_above: The rollout of region_not_allowed halts above -1 apps.`:                                         {HaltAbove: ptr(-1)},
		`classification "intern", which does not exist. Did you mean "internal"?`:                                                             {Classification: map[string]policy.Stage{"intern": policy.Off}},
		`rules.region_not_allowed.owner.@x.org: The rollout of region_not_allowed is "wran", which is not a stage. Use off, warn or enforce.`: {Owner: map[string]policy.Stage{"@x.org": "wran"}},
	} {
		_, err := policy.Compile(context.Background(), files("a.rego", regions), nil, policy.Rollout{"region_not_allowed": r})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}
