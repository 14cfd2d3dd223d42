package catalog

import (
	"encoding/json"
	"io/fs"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// casesSuffix is how the names of files with cases end.
const casesSuffix = "_cases.yaml"

// casesFile is a file of cases, policies/**/*_cases.yaml.
type casesFile struct {
	Cases []caseEntry `yaml:"cases" required:"true" doc:"Examples that the policies are held against, at each push."`
}

type caseEntry struct {
	Note  string    `yaml:"note" prose:"true" required:"true" doc:"What the case is about."`
	Gate  core.Gate `yaml:"gate" required:"true" enum:"template.publish,app.create,change.merge,app.deploy,workload.admit,secret.issue,access.elevate,vendor.use,app.archive,policy.publish" doc:"The gate that is asked."`
	Input any       `yaml:"input" doc:"Only the keys that matter. The rest is empty, and now is 2026-01-01T00:00:00Z."`
	Want  caseWant  `yaml:"want" required:"true" doc:"The answer that is right."`
}

type caseWant struct {
	Result  core.Result `yaml:"result" required:"true" enum:"allow,deny,pending" doc:"What the gate answers before anybody was asked."`
	Codes   []string    `yaml:"codes" doc:"Codes of all denials; left out, they are not looked at."`
	Warn    []string    `yaml:"warn" doc:"Codes of all warnings; left out, they are not looked at."`
	Approve []core.Role `yaml:"approve" enum:"maker,platform,security,data-owner,privacy,finance,auditor" doc:"Roles that are asked; left out, they are not looked at."`
}

// Cases reads the cases below a folder of a tree, in the order of their files.
// The error holds all faults, each with its place.
func Cases(fsys fs.FS, dir string) ([]policy.Case, error) {
	names, err := filesUnder(fsys, dir, maxTreeFiles)
	if err != nil {
		return nil, err
	}
	var out []policy.Case
	var found []*core.Error
	for _, name := range names {
		if !strings.HasSuffix(name, casesSuffix) {
			continue
		}
		b, err := readTree(fsys, name)
		if err != nil {
			return nil, err
		}
		list, wrong := readCases(name, b)
		out, found = append(out, list...), append(found, wrong...)
	}
	if len(out) > policy.MaxCases {
		return nil, core.Errorf(core.TooLarge, "There are %d cases; at most %d are read.", len(out), policy.MaxCases).Hinted("Remove those that say the same.").At(dir)
	}
	return out, core.Join(core.Invalid, "The cases have faults:", found)
}

// readCases reads one file.
func readCases(name string, b []byte) ([]policy.Case, []*core.Error) {
	var file casesFile
	doc, found, err := readFile(name, b, &file)
	if err != nil {
		return nil, []*core.Error{core.AsError(err)}
	}
	f := faults{}
	required(&f, map[string]bool{"cases": len(file.Cases) == 0})
	var out []policy.Case
	for i, c := range file.Cases {
		at := key("cases", i)
		for _, k := range []struct {
			name string
			none bool
		}{{"note", c.Note == ""}, {"gate", c.Gate == ""}, {"want.result", c.Want.Result == ""}} {
			if k.none {
				f.add(at+"."+k.name, "Each case has note, gate and want.result.", "The case has no %s.", k.name)
			}
		}
		out = append(out, policy.Case{Note: c.Note, Gate: c.Gate, Input: caseInput(doc, at, c, &f), Place: doc.Place(at),
			Want: policy.Want{Result: c.Want.Result, Codes: c.Want.Codes, Warn: c.Want.Warn, Approve: roleNames(c.Want.Approve)}})
	}
	return out, append(found, placed(doc, f)...)
}

// caseInput returns the input as JSON, and notes what no gate would get.
func caseInput(doc *strict.Doc, at string, c caseEntry, f *faults) []byte {
	if c.Input == nil {
		return []byte("{}")
	}
	b, err := json.Marshal(c.Input)
	if err != nil {
		f.add(at+".input", "", "The input cannot be written as JSON.")
		return nil
	}
	if c.Gate == "" {
		return b
	}
	if _, err := policy.Fill(c.Gate, b); err != nil {
		e := core.AsError(err)
		for _, p := range append(e.Problems, e) {
			if len(p.Problems) == 0 && p.Field != "gate" {
				f.add(strings.TrimSuffix(at+".input."+p.Field, "."), p.Hint, "%s", p.Msg)
			}
		}
	}
	return b
}

func roleNames(roles []core.Role) []string {
	if roles == nil {
		return nil
	}
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return out
}

// caseFaults turns cases that do not hold into faults.
func caseFaults(results []policy.CaseResult) (out []*core.Error) {
	for _, r := range results {
		if !r.Pass {
			out = append(out, core.Errorf(core.Invalid, "The policy case %q at %s does not hold. %s", r.Note, r.Gate, r.Problem).Hinted("Correct the policy or the case.").At(r.Place))
		}
	}
	return out
}
