package policy

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/schema"
)

// About is what policy authors need to know of a gate.
type About struct {
	Gate    core.Gate
	Doc     string   // what the gate decides
	Asked   string   // when it is asked, by whom
	Parts   []string // parts of the input that are filled, besides gate and now
	Example string   // a rule for it
}

// Gates tells of every gate, in the order of core.Gates.
func Gates() []About {
	return []About{
		{core.GateTemplatePublish, "A template is put into the catalog.", "Nothing asks it yet.", []string{"actor", "template", "org"},
			`deny contains {"code": "template_without_scans", "message": "The template asks for no scans.", "path": "template.yaml"} if count(input.template.required_scans) == 0`},
		{core.GateAppCreate, "An app is made from a template.", "Asked for each form that a maker sends, and for its preview while it is filled in.", []string{"actor", "app", "template", "org"},
			`deny contains {"code": "public_app", "message": "Apps for everybody are not made here.", "path": "microapp.yaml"} if input.app.audience == "public"`},
		{core.GateChangeMerge, "A change goes to an app's main branch.", "Asked when a change is merged, and while its checks run.", []string{"actor", "app", "template", "report", "org"},
			`approve contains {"role": "security", "reason": "A scan warns."} if {
	some finding in input.report.findings
	finding.severity == "warning"
}`},
		{core.GateAppDeploy, "An artifact starts to run at a target.", "Asked for each deployment, with the evidence as it is read from its bytes then.", []string{"actor", "app", "template", "report", "artifact", "target", "org"},
			`deny contains {"code": "unsigned", "message": "The artifact's provenance is not signed."} if not input.artifact.signed`},
		{core.GateWorkloadAdmit, "A workload starts in a cluster.", "Asked by a cluster's API server, for namespaces that belong to Paddock.", []string{"actor", "app", "template", "artifact", "target", "org", "workload"},
			`deny contains {"code": "privileged", "message": "The container may do anything."} if {
	some container in input.workload.containers
	container.privileged
}`},
		{core.GateSecretIssue, "An app gets a credential.", "Nothing asks it yet.", []string{"actor", "app", "template", "target", "org"},
			`deny contains {"code": "store_not_allowed", "message": "The secret's store is not allowed."} if {
	some secret in input.app.secrets
	not secret.store in input.org.allowed_stores
}`},
		{core.GateAccessElevate, "A person gets more rights for one app, for a while.", "Asked when somebody asks for access, and again when the last approver has said yes.", []string{"actor", "app", "template", "org", "access"},
			`deny contains {"code": "grant_too_long", "message": "Health data is read for an hour at most."} if {
	input.app.classification == "phi"
	input.access.minutes > 60
}`},
		{core.GateVendorUse, "An app calls a vendor.", "Nothing asks it yet.", []string{"actor", "app", "vendor", "org"},
			`deny contains {"code": "no_dpa", "message": "The vendor signed no agreement."} if not input.vendor.dpa_signed`},
		{core.GateAppArchive, "An app is taken out of service.", "Asked when a person archives an app, or its clock does.", []string{"actor", "app", "template", "org"},
			`approve contains {"role": "data-owner", "reason": "It holds health data."} if input.app.classification == "phi"`},
		{core.GatePolicyPublish, "A revision of the governance repository is put in force.", "Asked when a governance change is published, when main of that repository is pushed, and for a rollback.", []string{"actor", "org", "publish"},
			`approve contains {"role": "security", "reason": "Apps that run would be blocked."} if input.publish.preview.newly_blocked > 0`},
	}
}

// about returns what there is to say of a gate.
func about(gate core.Gate) (About, bool) {
	all := Gates()
	i := slices.IndexFunc(all, func(a About) bool { return a.Gate == gate })
	if i < 0 {
		return About{}, false
	}
	return all[i], true
}

// InputSchemaFor returns the JSON Schema of one gate's input: what the gate never
// fills is not in it, and a policy in the gate's package that reads it does not
// compile. It is nil for a gate that there is not.
func InputSchemaFor(gate core.Gate) []byte {
	s := inputSchema(gate)
	if gate == Authz {
		s = authoritySchema()
	}
	if s == nil {
		return nil
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("policy: a map of plain values did not encode: " + err.Error())
	}
	return append(b, '\n')
}

func inputSchema(gate core.Gate) map[string]any {
	a, ok := about(gate)
	if !ok {
		return nil
	}
	s := schema.Of(Input{}, schema.Options{ID: "https://paddock.dev/schema/gate-" + string(gate) + ".json", Title: "Input of the gate " + string(gate), Tag: "json", AllRequired: true,
		Doc: a.Doc + " Every key is always there; what is not known is empty."})
	filled := append([]string{"gate", "now"}, a.Parts...)
	maps.DeleteFunc(s["properties"].(map[string]any), func(key string, _ any) bool { return !slices.Contains(filled, key) })
	s["required"] = slices.DeleteFunc(s["required"].([]string), func(key string) bool { return !slices.Contains(filled, key) })
	return s
}
