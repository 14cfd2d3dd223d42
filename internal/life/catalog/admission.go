package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
)

// AdmissionMode is what a denial at workload.admit does.
type AdmissionMode string

// The modes.
const (
	AdmissionEnforce AdmissionMode = "enforce" // it is refused
	AdmissionWatch   AdmissionMode = "audit"   // it runs; the decision is kept, and the client warned
)

// Admission says how clusters are answered.
type Admission struct {
	Mode     AdmissionMode `yaml:"mode" enum:"enforce,audit" doc:"enforce refuses what the rules deny. audit lets it run, keeps the decision and warns. Default enforce."`
	FailOpen []string      `yaml:"fail_open" doc:"Codes of rules that do not hold while Paddock cannot be asked. All others then let nothing run."`
}

var ruleCode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`) })

func (a Admission) check(f *faults) {
	for i, code := range a.FailOpen {
		key := fmt.Sprintf("admission.fail_open.%d", i)
		switch {
		case !ruleCode().MatchString(code):
			f.add(key, "Write the code of a rule, for example may_escalate.", "%q is not the code of a rule.", code)
		case code == "policy_error":
			f.add(key, "Take it out: a policy that fails never lets anything run.", "policy_error is no rule.")
		case slices.Index(a.FailOpen, code) < i:
			f.add(key, "Keep one of them.", "The code %q is there twice.", code)
		}
	}
}
