package bundle

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// settle does with denials what rollout and exemptions say, as Set.Answer does.
//
//go:embed settle.rego
var settle string

// reach is a policy.Reach with its defaults filled in.
type reach struct {
	Stage          policy.Stage            `json:"stage"`
	Percent        int                     `json:"percent"`
	Otherwise      policy.Stage            `json:"otherwise"`
	Classification map[string]policy.Stage `json:"classification"`
	Owner          map[string]policy.Stage `json:"owner"`
	Halted         bool                    `json:"halted"`
}

// rollout writes what settle needs to know of the files.
func rollout(r policy.Rollout, exemptions []policy.Exemption) string {
	stages := map[string]reach{}
	for code, from := range r {
		to := reach{from.Stage, 100, from.Otherwise, from.Classification, from.Owner, from.Halted}
		if to.Stage == "" {
			to.Stage = policy.Enforce
		}
		if from.Percent != nil {
			to.Percent = *from.Percent
		}
		if to.Otherwise == "" {
			to.Otherwise = policy.Stages[max(0, slices.Index(policy.Stages, to.Stage)-1)]
		}
		stages[code] = to
	}
	exemptions = slices.DeleteFunc(slices.Clone(exemptions), func(e policy.Exemption) bool { return e.ID != "" }) // of findings, not of denials
	if exemptions == nil {
		exemptions = []policy.Exemption{}
	}
	return fmt.Sprintf(`# How far each rule is rolled out, and which apps are exempt. Made by Paddock from
# policies/rollout.yaml and policies/exemptions.yaml.
package %s.lib

# The roles that approvals are asked of.
roles := %s

stages := %s

exemptions := %s
`, Root, asJSON(core.Roles), asJSON(stages), asJSON(exemptions))
}
