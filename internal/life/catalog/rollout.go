package catalog

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// RolloutFile says how far each rule is rolled out.
const RolloutFile = "policies/rollout.yaml"

// rolloutDoc is policies/rollout.yaml.
type rolloutDoc struct {
	Groups map[string][]string `yaml:"groups" doc:"Names for lists of owners, to use under owner: e-mails, or domains such as \"@example.org\"."`
	Rules  map[string]reach    `yaml:"rules" doc:"How far each rule reaches, by the code of its denials. A rule that is not named is enforced."`
}

// reach is a policy.Reach as people write it; a plain stage may stand for it.
type reach struct {
	Stage          policy.Stage            `yaml:"stage" short:"true" enum:"off,warn,enforce" doc:"Of apps that nothing else here speaks of. Default enforce."`
	Classification map[string]policy.Stage `yaml:"classification" enum:"off,warn,enforce" doc:"Stage by the app's classification: public, internal, restricted or phi."`
	Owner          map[string]policy.Stage `yaml:"owner" enum:"off,warn,enforce" doc:"Stage by the app's owner: an e-mail, a domain such as \"@example.org\", or a group. It goes before the classification."`
	Percent        *int                    `yaml:"percent" doc:"Share of apps that stage is for, 0 to 100. Apps that 10 percent reach, 20 percent reach too."`
	Otherwise      policy.Stage            `yaml:"otherwise" enum:"off,warn,enforce" doc:"Stage of the other apps. Default one step gentler than stage."`
	HaltAbove      *int                    `yaml:"halt_above" doc:"Most apps that a revision may newly block by this rule. If it would be more, the rule only warns."`
	Halted         bool                    `yaml:"-"`
}

// readRollout reads the file. found are all faults; doc is nil when nothing
// could be read.
func readRollout(b []byte) (policy.Rollout, *strict.Doc, []*core.Error) {
	var file rolloutDoc
	doc, found, err := readFile(RolloutFile, b, &file)
	if err != nil {
		return nil, nil, []*core.Error{core.AsError(err)}
	}
	f := faults{}
	file.checkGroups(&f)
	out := make(policy.Rollout, len(file.Rules))
	for _, code := range slices.Sorted(maps.Keys(file.Rules)) {
		r := file.Rules[code]
		r.Owner = file.owners(&f, "rules."+code+".owner.", r.Owner)
		out[code] = policy.Reach(r)
	}
	return out, doc, append(found, placed(doc, f)...)
}

func (d rolloutDoc) checkGroups(f *faults) {
	for _, name := range slices.Sorted(maps.Keys(d.Groups)) {
		f.check("groups."+name, CheckName(name))
		if len(d.Groups[name]) == 0 {
			f.add("groups."+name, "Add an e-mail, or a domain such as \"@example.org\".", "The group %q is empty.", name)
		}
		for i, who := range d.Groups[name] {
			f.check(key("groups."+name, i), checkOwner(who))
		}
	}
}

// owners puts people and domains in the place of groups. Who is named directly
// has the stage that is written there; who is in several groups has the
// strictest.
func (d rolloutDoc) owners(f *faults, prefix string, by map[string]policy.Stage) map[string]policy.Stage {
	if len(by) == 0 {
		return nil
	}
	out := map[string]policy.Stage{}
	for _, who := range slices.Sorted(maps.Keys(by)) {
		if strings.Contains(who, "@") {
			f.check(prefix+who, checkOwner(who))
			continue
		}
		members, ok := d.Groups[who]
		if !ok {
			f.add(prefix+who, or(core.DidYouMean(who, slices.Sorted(maps.Keys(d.Groups))), "Add it under groups, or write an e-mail or a domain such as \"@example.org\"."),
				"There is no group %q.", clipped(who))
		}
		for _, m := range members {
			m = strings.ToLower(m)
			if slices.Index(policy.Stages, by[who]) >= slices.Index(policy.Stages, out[m]) {
				out[m] = by[who]
			}
		}
	}
	for who, stage := range by {
		if strings.Contains(who, "@") {
			out[strings.ToLower(who)] = stage
		}
	}
	return out
}

// checkOwner refuses what is no e-mail and no domain with its @.
func checkOwner(s string) error {
	if strings.HasPrefix(s, "@") {
		if CheckEmail("someone"+s) != nil {
			return core.Errorf(core.Invalid, "%q is not a domain.", clipped(s)).Hinted("Write it like \"@example.org\".")
		}
		return nil
	}
	return CheckEmail(s)
}

func (l *loader) rollout() policy.Rollout {
	if _, err := fs.Stat(l.fsys, RolloutFile); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	b, ok := l.read(RolloutFile)
	if !ok {
		return nil
	}
	out, doc, found := readRollout(b)
	l.keep(RolloutFile, doc)
	l.faults = append(l.faults, found...)
	return out
}
