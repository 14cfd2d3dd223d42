package policy

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Stage is how far a rule is rolled out.
type Stage string

// The stages.
const (
	Off     Stage = "off"     // the rule's denials are dropped
	Warn    Stage = "warn"    // the rule's denials become warnings
	Enforce Stage = "enforce" // as written; the default
)

// Stages lists all stages, the gentlest first.
var Stages = []Stage{Off, Warn, Enforce}

// Rollout is how far each rule reaches, by the code of its denials. A rule that
// is not named is enforced.
type Rollout map[string]Reach

// Reach is how far one rule is rolled out. What an app gets depends on its name,
// owner and classification, and on nothing else.
//
// The first that speaks of the app holds: its owner's e-mail, its owner's domain,
// its classification, and then Stage. Percent narrows Stage to a share of the
// apps; the others get Otherwise.
type Reach struct {
	Stage          Stage            // default Enforce
	Classification map[string]Stage // by classification
	Owner          map[string]Stage // by e-mail, or by domain as "@example.org"
	Percent        *int             // 0 to 100; nil for all
	Otherwise      Stage            // default one step gentler than Stage
	HaltAbove      *int             // most apps that a revision may newly block; nil for no limit
	Halted         bool             // it would have blocked more, so it only warns
}

// wire is the stored form of a Reach. A plain stage is plain text, as it was
// before rules could reach some apps only, so old revisions keep their names.
type wire struct {
	Stage          Stage            `json:"stage,omitempty"`
	Classification map[string]Stage `json:"classification,omitempty"`
	Owner          map[string]Stage `json:"owner,omitempty"`
	Percent        *int             `json:"percent,omitempty"`
	Otherwise      Stage            `json:"otherwise,omitempty"`
	HaltAbove      *int             `json:"halt_above,omitempty"`
	Halted         bool             `json:"halted,omitempty"`
}

// plain reports whether the stage is all there is.
func (r Reach) plain() bool {
	return len(r.Classification)+len(r.Owner) == 0 && r.Percent == nil && r.HaltAbove == nil && r.Otherwise == "" && !r.Halted
}

// MarshalJSON implements json.Marshaler. Equal reaches are equal bytes.
func (r Reach) MarshalJSON() ([]byte, error) {
	if r.plain() {
		return json.Marshal(string(r.Stage))
	}
	return json.Marshal(wire(r))
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Reach) UnmarshalJSON(b []byte) error {
	*r = Reach{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &r.Stage)
	}
	return json.Unmarshal(b, (*wire)(r))
}

// Subject is what a rollout and exemptions look at in a gate's input.
type Subject struct {
	App            string   // its name; empty when the gate is not about an app
	Owner          string   // e-mail
	CoOwners       []string // e-mails
	Classification string
	Day            string // YYYY-MM-DD in UTC; empty when the input has no time
}

// StageOf returns the stage that a rule has for an app. A denial of a policy
// that failed is always enforced.
func (r Rollout) StageOf(code string, app Subject) Stage {
	reach, named := r[code]
	if !named || code == policyFailed {
		return Enforce
	}
	stage := reach.of(code, app)
	if reach.Halted && stage == Enforce {
		return Warn
	}
	return stage
}

func (r Reach) of(code string, app Subject) Stage {
	owner := strings.ToLower(app.Owner)
	if stage, ok := r.Owner[owner]; ok && owner != "" {
		return stage
	}
	if at := strings.LastIndexByte(owner, '@'); at >= 0 {
		if stage, ok := r.Owner[owner[at:]]; ok {
			return stage
		}
	}
	if stage, ok := r.Classification[app.Classification]; ok {
		return stage
	}
	stage := Stage(orText(string(r.Stage), string(Enforce)))
	if r.Percent == nil || share(code, app.App) < *r.Percent {
		return stage
	}
	return Stage(orText(string(r.Otherwise), string(gentler(stage))))
}

// share places an app, for one rule, at a number from 0 to 99 that never
// changes: what 10 percent reach, 20 percent reach too. Each rule begins with
// other apps. What is about no app comes last.
func share(code, app string) int {
	if app == "" {
		return 99
	}
	sum := sha256.Sum256([]byte(code + "\x00" + app))
	return int(binary.BigEndian.Uint64(sum[:8]) % 100)
}

func gentler(s Stage) Stage {
	if i := slices.Index(Stages, s); i > 0 {
		return Stages[i-1]
	}
	return Off
}

// Halt returns a rollout in which the rules only warn, for the rest as it is.
func (r Rollout) Halt(codes []string) Rollout {
	if len(codes) == 0 {
		return r
	}
	out := maps.Clone(r)
	for _, code := range codes {
		reach := out[code]
		reach.Halted = true
		if out == nil {
			out = Rollout{}
		}
		out[code] = reach
	}
	return out
}

// Halted lists the rules that only warn because they would have blocked too
// many apps, sorted.
func (r Rollout) Halted() []string {
	var out []string
	for code, reach := range r {
		if reach.Halted {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// digestLines are what a rollout adds to the name of a revision.
func (r Rollout) digestLines(line func(format string, args ...any)) {
	for _, code := range slices.Sorted(maps.Keys(r)) {
		if r[code].plain() {
			line("rollout %q %q\n", code, r[code].Stage)
			continue
		}
		b, err := json.Marshal(r[code])
		if err != nil {
			panic("policy: a rollout of plain values did not encode: " + err.Error())
		}
		line("rollout %q %s\n", code, b)
	}
}

// rolloutFaults finds stages that do not exist, numbers that make no sense, and
// codes that no rule gives. Field is the key at fault, e.g. "rules.no_budget".
func rolloutFaults(r Rollout, known []string) []*core.Error {
	var out []*core.Error
	for _, code := range slices.Sorted(maps.Keys(r)) {
		key := "rules." + code
		if !slices.Contains(known, code) {
			out = append(out, core.Errorf(core.Invalid, "The rollout names the rule %q, but no policy gives that code.", code).
				Hinted("%s", core.DidYouMean(code, known)).At(key))
		}
		out = append(out, r[code].faults(code, key)...)
	}
	return out
}

func (r Reach) faults(code, key string) []*core.Error {
	var out []*core.Error
	bad := func(at, hint, format string, args ...any) {
		out = append(out, core.Errorf(core.Invalid, format, args...).Hinted("%s", hint).At(at))
	}
	stage := func(at string, s Stage) {
		if s != "" && !slices.Contains(Stages, s) {
			bad(at, "Use off, warn or enforce.", "The rollout of %s is %q, which is not a stage.", code, s)
		}
	}
	stage(key, r.Stage)
	stage(key+".otherwise", r.Otherwise)
	for _, class := range slices.Sorted(maps.Keys(r.Classification)) {
		at := key + ".classification." + class
		stage(at, r.Classification[class])
		if classes := names(core.Classifications); !slices.Contains(classes, class) {
			bad(at, core.DidYouMean(class, classes)+" Use "+strings.Join(classes, ", ")+".", "The rollout of %s names the classification %q, which does not exist.", code, class)
		}
	}
	for _, who := range slices.Sorted(maps.Keys(r.Owner)) {
		stage(key+".owner."+who, r.Owner[who])
	}
	if r.Percent != nil && (*r.Percent < 0 || *r.Percent > 100) {
		bad(key+".percent", "Use a number from 0 to 100.", "The rollout of %s reaches %d percent of apps.", code, *r.Percent)
	}
	if r.Percent == nil && r.Otherwise != "" {
		bad(key+".otherwise", "Add percent, or delete this line.", "The rollout of %s says what the other apps get, but it has no percent.", code)
	}
	if r.HaltAbove != nil && *r.HaltAbove < 0 {
		bad(key+".halt_above", "Use 0 or more.", "The rollout of %s halts above %d apps.", code, *r.HaltAbove)
	}
	return out
}
