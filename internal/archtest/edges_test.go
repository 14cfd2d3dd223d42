package archtest

import "testing"

// edges is the table of allowed edges between packages above core. internal/app
// needs no row, and everybody may import core. Give each row its reason.
var edges = []edge{
	{"cmd/paddock", "internal/app", "the binary is the house"},
	{"cmd/paddock", "internal/door/cli", "main hands its words to the command line"},
	{"cmd/paddock", "internal/adapter/target/workerd", "the same binary starts again inside an app's sandbox"},

	{"bench/road", "internal/app/visit", "the benchmarks come from outside, as the tour does"},
	{"bench/audit", "internal/app/visit", "a whole request is measured from outside"},
	{"bench/audit", "bench/auditlog", "proofs and verification are measured on a long log"},
	{"bench/audit", "internal/adapter/store", "the log is measured on the real store"},
	{"bench/audit", "internal/core", "acts write events"},
	{"bench/audit", "internal/engine/audit", "the log is what is measured"},
	{"bench/audit", "internal/engine/audit/verify", "verification is measured"},
	{"bench/audit", "internal/engine/job", "the schema is prepared as a server's is"},
	{"bench/auditlog", "internal/core", "long logs are made of events"},
	{"bench/auditlog", "internal/engine/audit", "long logs are encoded and signed as real ones are"},
	{"bench/policy", "governance", "the starter's rules are measured"},
	{"bench/policy", "internal/adapter/store", "a fleet and its decisions are in a database"},
	{"bench/policy", "internal/core", "a fleet is made of apps"},
	{"bench/policy", "internal/engine/policy/whatif", "what a past decision meant"},
	{"bench/policy", "internal/engine/policy", "a gate's input"},
	{"bench/policy", "internal/life/catalog", "a revision of the rules"},
	{"bench/policy", "internal/org/preview", "previews are measured"},
	{"bench/sca", "internal/engine/osv", "what we know of holes is compared"},
	{"bench/sca", "internal/life/check/lockfile", "on real lock files"},
	{"bench/sca", "internal/life/check/tree", "as a check reads them"},
	{"bench/store", "bench/auditlog", "a fleet has a log"},
	{"bench/store", "internal/adapter/store", "the database is filled in bulk"},
	{"bench/check", "internal/adapter/forge/local", "a push is read as the forge reads it"},
	{"bench/check", "internal/core", "the vocabulary"},
	{"bench/check", "internal/life/check", "the secret gate is measured alone"},
	{"bench/store", "internal/app", "the whole server is measured"},
	{"bench/store", "internal/app/visit", "and from outside"},
	{"bench/store", "internal/core", "a fleet is made of apps"},
	{"bench/store", "internal/door/cli", "the server's configuration"},
	{"bench/store", "internal/door/desk", "sign-in links"},
	{"bench/store", "internal/engine/audit", "signing in is an event"},
	{"bench/store", "internal/engine/identity", "sign-in links"},
	{"bench/store", "internal/engine/job", "the job queue's tables"},
	{"bench/store", "internal/engine/seal", "the log's signer"},
	{"internal/app/tour", "internal/app/visit", "the tour is a visit with a plan"},
	{"internal/app/tour", "internal/door/cli", "the tour's options and streams are those of the command"},
	{"internal/app/tour", "internal/door/view", "the tour reads the API's own answers"},

	{"internal/door/web", "web", "pages are shown with the embedded styles and scripts"},
	{"internal/door/web", "internal/door/edge", "routes, sessions and request ids are shared by all doors"},
	{"internal/door/web", "internal/door/view", "pages and API show the same things"},
	{"internal/door/api", "internal/door/edge", "routes, sessions and request ids are shared by all doors"},
	{"internal/door/api", "internal/door/view", "pages and API show the same things"},
	{"internal/door/oauth", "internal/door/edge", "routes and request ids are shared by all doors"},
	{"internal/door/desk", "internal/org/pipeline", "pipelines that act for an app"},
	{"internal/door/witness", "internal/door/edge", "routes and request ids are shared by all doors"},
	{"internal/door/opa", "internal/door/edge", "routes and request ids are shared by all doors"},
	{"internal/door/signin", "internal/door/edge", "its routes are in the table, and sessions are kept as all doors do"},
	{"internal/door/signin", "internal/engine/identity", "the providers, and who arrives from one"},
	{"internal/door/signin", "internal/life/catalog/strict", "the identity file is read as strictly as governance is"},
	{"internal/door/cli", "internal/door/signin", "paddock config check reads the identity file"},
	{"internal/door/admission", "internal/door/edge", "its routes are in the table"},
	{"internal/door/admission", "internal/life/admit", "the use case behind the door"},
	{"internal/door/cli", "internal/door/admission", "paddock admission config"},
	{"internal/life/admit", "internal/engine/gate", "a workload passes workload.admit"},
	{"internal/life/admit", "internal/engine/policy", "the gate's input"},
	{"internal/life/admit", "internal/life/catalog", "the rules in force"},
	{"internal/door/issuer", "internal/door/edge", "its routes are in the table"},
	{"internal/door/issuer", "internal/engine/identity/issuer", "the two public documents"},
	{"internal/door/cli", "internal/engine/identity/recipe", "paddock issuer recipe"},
	{"internal/life/catalog", "internal/engine/identity/issuer", "audiences in vendors' records are checked as tokens' are"},
	{"internal/door/address", "internal/door/edge", "an app's address has routes and request ids too"},

	{"internal/door/docs", "web", "the help pages have the look of the others"},
	{"internal/door/docs", "internal/door/edge", "routes, sessions and request ids are shared by all doors"},
	{"internal/door/docs", "internal/life/check/findings", "each kind of finding has a page"},
	{"internal/engine/recall", "internal/engine/policy", "a decision is replayed and explained by the rules that made it"},
	{"internal/door/api", "internal/engine/recall", "what is known of a past decision"},
	{"internal/door/desk", "internal/engine/recall", "looks back at decisions"},
	{"internal/door/cli", "internal/engine/recall", "paddock decision"},
	{"internal/door/docs", "internal/life/catalog", "serves the schemas of files, for editors"},
	{"internal/door/docs", "internal/engine/policy", "serves the schemas of gates' inputs, for editors"},

	{"internal/door/desk", "internal/door/edge", "the desk takes the actor from the request"},
	{"internal/door/desk", "internal/door/view", "the desk turns core types into what doors show"},
	{"internal/door/desk", "internal/engine/audit", "the audit page reads the log"},
	{"internal/door/desk", "internal/engine/authz", "the desk asks who may do what"},
	{"internal/door/desk", "internal/engine/identity", "people, links and tokens"},
	{"internal/door/desk", "internal/life/catalog", "templates and their forms"},
	{"internal/door/desk", "internal/life/change", "the use cases behind the doors"},
	{"internal/door/desk", "internal/life/deploy", "the use cases behind the doors"},
	{"internal/door/desk", "internal/life/provision", "the use cases behind the doors"},
	{"internal/door/desk", "internal/life/govern", "the use cases behind the doors"},
	{"internal/door/desk", "internal/life/retire", "the use cases behind the doors"},
	{"internal/door/desk", "internal/org/evidence", "what a pack is about, and what it holds"},
	{"internal/door/desk", "internal/org/approval", "the use cases behind the doors"},

	{"internal/door/cli", "internal/door/git", "paddock hook is the git door's other half"},
	{"internal/door/cli", "internal/engine/audit/verify", "paddock audit verify"},
	{"internal/door/cli", "internal/engine/audit", "paddock audit prove, check and export read back what they wrote"},
	{"internal/door/cli", "internal/org/evidence", "paddock evidence export and verify"},
	{"internal/door/cli", "internal/engine/fsck", "paddock fsck"},
	{"internal/door/cli", "internal/engine/seal", "paddock report verify reads a public key"},
	{"internal/door/cli", "internal/org/erasure", "paddock person erase says what went"},
	{"internal/door/cli", "internal/engine/policy", "paddock policy test"},
	{"internal/org/advice", "internal/engine/policy", "the stages of rules"},
	{"internal/org/advice", "internal/org/preview", "a proposal shows what it would change"},
	{"internal/door/cli", "internal/org/advice", "paddock policy advise"},
	{"internal/org/preview", "internal/engine/policy", "what the gates see of an app or saw of a decision"},
	{"internal/door/cli", "internal/life/catalog", "paddock catalog validate"},
	{"internal/door/cli", "internal/door/view", "paddock governance import shows what the API answers"},
	{"internal/door/cli", "internal/life/check", "paddock check shows a report"},

	{"internal/life/catalog", "internal/engine/audit/witness", "witnesses' addresses and keys are checked when the settings are read"},
	{"internal/life/catalog", "internal/engine/audit/copies", "places for copies are checked when the settings are read"},
	{"internal/door/cli", "internal/engine/osv", "paddock vulndb tells what a database holds"},
	{"internal/life/check/dependencies", "internal/engine/osv", "packages are held against the database of known holes"},
	{"internal/engine/osv", "internal/engine/seal", "the database of known holes is signed and verified"},
	{"internal/life/catalog/carry", "internal/engine/seal", "governance bundles are signed and verified"},
	{"internal/life/catalog", "internal/engine/attest", "a revision holds the trusted roots, and the rules of who may build"},
	{"internal/life/catalog", "internal/engine/spdx", "licences in the settings are held against the SPDX list"},
	{"internal/life/check", "internal/engine/spdx", "what packages say of their licences is read"},
	{"internal/life/catalog", "internal/engine/openvex", "a revision holds what security says about known holes"},
	{"internal/life/check", "internal/engine/attest", "a report is signed as other evidence is"},
	{"internal/life/check", "internal/engine/openvex", "known holes that are set aside are no findings"},
	{"internal/life/change", "internal/engine/openvex", "checks are run by the statements in force"},
	{"internal/org/pipeline", "internal/engine/authz", "who owns an app, and what a pipeline may be for"},
	{"internal/org/pipeline", "internal/engine/identity/ci", "what a forge's token says of a run"},
	{"internal/org/vex", "internal/engine/openvex", "statements are kept and put together"},
	{"internal/org/outside", "internal/engine/policy", "decisions made elsewhere are decided again"},
	{"internal/org/inventory", "internal/engine/openvex", "holders of a component are shown with what is said of it"},
	{"internal/door/desk", "internal/engine/openvex", "what a document says"},
	{"internal/life/build", "internal/life/confined", "makers' code is bundled in a process of its own"},
	{"internal/life/check/apart", "internal/life/confined", "files of a push are checked in a process of their own"},
	{"internal/life/build", "internal/engine/attest", "what is signed is read and verified"},
	{"internal/life/catalog", "internal/engine/policy", "a governance revision holds compiled policies and their facts"},
	{"internal/life/change", "internal/org/inventory", "what is built is listed in parts"},
	{"internal/door/desk", "internal/org/fleet", "lists of apps"},
	{"internal/door/desk", "internal/org/inventory", "who holds a component"},
	{"internal/life/provision", "internal/engine/gate", "making an app passes app.create"},
	{"internal/life/provision", "internal/engine/job", "making an app is a saga"},
	{"internal/life/provision", "internal/engine/policy", "the gate's input"},
	{"internal/life/provision", "internal/life/catalog", "an app is made from a template"},
	{"internal/life/change", "internal/engine/gate", "a merge passes change.merge"},
	{"internal/life/change", "internal/engine/job", "checks and builds go on after a crash"},
	{"internal/life/change", "internal/engine/policy", "the gate's input"},
	{"internal/life/change", "internal/life/build", "a merged change is built"},
	{"internal/life/change", "internal/life/catalog", "the rules in force"},
	{"internal/life/change", "internal/life/check", "a push is checked"},
	{"internal/life/deploy", "internal/engine/gate", "a deployment passes app.deploy"},
	{"internal/life/deploy", "internal/engine/job", "a deployment is a saga"},
	{"internal/life/deploy", "internal/engine/policy", "the gate's input"},
	{"internal/life/deploy", "internal/life/catalog", "targets and the rules in force"},
	{"internal/life/deploy", "internal/life/run", "what is deployed is given to the runtime"},
	{"internal/life/govern", "internal/engine/authz", "who may publish rules"},
	{"internal/life/govern", "internal/engine/gate", "publishing rules passes policy.publish"},
	{"internal/life/govern", "internal/engine/policy", "what a revision changes of the rules, and would change for apps"},
	{"internal/life/govern", "internal/life/catalog", "revisions are read and validated"},
	{"internal/life/retire", "internal/engine/authz", "who is told and who may bring back"},
	{"internal/life/retire", "internal/engine/gate", "archiving passes app.archive"},
	{"internal/life/retire", "internal/engine/job", "archiving is a saga"},
	{"internal/life/retire", "internal/engine/policy", "the gate's input"},

	{"internal/org/approval", "internal/engine/authz", "approvers are found by role"},
	{"internal/org/erasure", "internal/engine/audit", "openings lose a person's values"},
	{"internal/org/evidence", "internal/engine/attest", "a pack's provenance is a signed bundle"},
	{"internal/org/evidence", "internal/engine/audit", "a pack carries proofs of the log"},
	{"internal/org/evidence", "internal/engine/audit/verify", "a pack is verified like the log"},
	{"internal/org/evidence", "internal/engine/seal", "a pack's provenance is verified with the public key"},
	{"internal/org/evidence", "internal/engine/policy", "decisions are replayed from the policies in the pack"},

	{"internal/engine/gate", "internal/engine/policy", "a gate evaluates policy"},
	{"internal/engine/fsck", "internal/engine/audit/verify", "the log is part of what is looked over"},
}

// TestEdges holds every import of the house against the plan.
func TestEdges(t *testing.T) {
	all, err := list("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range imports(graph(all), edges) {
		t.Error(fault)
	}
}

// TestEdgesCanFail feeds the check what it must refuse.
func TestEdgesCanFail(t *testing.T) {
	table := []edge{
		{"internal/life/run", "internal/engine/fact", "an example"},
		{"internal/app/tour", "internal/door/view", "an example"},
		{"internal/engine/audit/verify", "internal/engine/seal", "an example"},
	}
	good := []*unit{
		{path: "internal/life/run/egress", imports: []string{"net/http", "example.com/x", "./internal/engine/fact", "./internal/core"}},
		{path: "internal/app", imports: []string{"./internal/adapter/store", "./internal/life/run", "./governance"}},
		{path: "internal/app/tour", imports: []string{"./internal/door/view"}},
		{path: "internal/adapter/store", imports: []string{"./internal/adapter/store/gen", "./internal/core", "example.com/sql"}},
		{path: "internal/engine/audit/verify", imports: []string{"./internal/engine/seal"}},
	}
	if faults := imports(good, table); len(faults) > 0 {
		t.Fatalf("good imports are refused: %v", faults)
	}
	for _, c := range []struct{ from, to, want string }{
		{"internal/adapter/forge/local", "./internal/adapter/store", "adapters never import one another"},
		{"internal/adapter/forge/local", "./internal/engine/audit", "imports go down only"},
		{"internal/life/run", "./internal/adapter/store", "only internal/app, cmd and tests import adapters"},
		{"internal/life/run", "./internal/testkit", "testkit is for tests only"},
		{"internal/org/budget", "./internal/life/run", "imports go down only"},
		{"internal/door/web", "./internal/app", "imports go down only"},
		{"internal/core", "example.com/x", "core imports the standard library only"},
		{"internal/core", "./internal/engine/fact", "core imports the standard library only"},
		{"internal/life/run", "./internal/engine/seal", "no row of the table"},
		{"internal/life/deploy", "./internal/life/run", "no row of the table"},
		{"internal/app/tour", "./internal/life/run", "no row of the table"},
		{"internal/engine/audit/verify", "./internal/engine/audit", "no row of the table"},
		{"bench/road", "./internal/app", "no row of the table"},
	} {
		faults := imports(append(good, &unit{path: c.from, imports: []string{c.to}}), table)
		wantFault(t, c.from+" -> "+c.to, faults, c.want)
	}
	wantFault(t, "a row that nobody uses", imports(good[1:], table), "remove the row")
}
