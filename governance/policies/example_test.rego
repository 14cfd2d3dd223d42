# A complete input that every gate allows. Tests change one thing in it.
package paddock.example_test

good := {
	"gate": "app.create",
	"now": "2026-06-01T10:00:00Z",
	"actor": {"email": "ana@example.com", "kind": "person", "roles": ["maker"], "courses": []},
	"app": {
		"name": "candidate-tracker", "owner": "ana@example.com", "co_owners": [], "classification": "internal",
		"region": "eu-sovereign", "runtime": "serverless", "audience": "organisation", "template": "internal-dashboard@1",
		"image": "", "image_reg": "", "vendors": [vendor], "secrets": [{"name": "token", "store": "platform", "inject": "egress"}],
		"data": ["contact"], "guardrails": {"egress": []}, "budget": {"monthly": 20, "currency": "EUR"},
	},
	"template": {
		"name": "internal-dashboard", "version": "1", "classification": "internal", "max_classification": "restricted",
		"allowed_regions": ["eu-sovereign"], "runtime": "serverless", "required_scans": ["secrets", "code"], "approvals": [], "course": "",
	},
	"report": {
		"verdict": "pass", "commit": "0123abc", "findings": [], "advisory_date": "2026-05-29", "advisory_days": 3,
		"detected": {"regions": [], "vendors": [], "data": [], "proposed_classification": ""},
		"checks": [{"name": "secrets", "verdict": "pass"}, {"name": "code", "verdict": "pass"}],
	},
	"artifact": {"digest": "sha256:1111111111111111111111111111111111111111111111111111111111111111", "sbom": "sha256:2222222222222222222222222222222222222222222222222222222222222222", "provenance": "sha256:3333333333333333333333333333333333333333333333333333333333333333", "signed": true},
	"target": {"name": "eu-sovereign", "region": "eu-sovereign", "kind": "embedded"},
	"vendor": vendor,
	"org": {
		"name": "Example", "regions": ["eu-sovereign", "us-east-1"], "approved_registries": ["registry.example.eu"],
		"approved_runtimes": ["serverless"], "allowed_stores": ["platform", "vault"], "currency": "EUR", "budget_limit": 200,
		"approvals": [{"gate": "change.merge", "classification": "restricted", "role": "data-owner", "reason": "Restricted data."}],
	},
}

# A request for access that nobody minds.
elevated := object.union(good, {
	"gate": "access.elevate",
	"access": {
		"role": "viewer", "environment": "", "minutes": 60, "reason": "A user reports that the list is empty.", "ticket": "OPS-12", "extends": false, "held": 0,
		"begins": "2026-06-01T10:00:00Z", "ahead": 0, "weekday": "monday", "hour": 10,
		"limits": {"longest_minutes": 480, "ticket_pattern": "^OPS-[0-9]+$", "from_hour": 0, "to_hour": 24, "weekdays": []},
	},
})

# A complete workload of the good app, as a cluster would ask about it.
admitted := object.union(good, {
	"gate": "workload.admit",
	"app": object.union(good.app, {"runtime": "container", "guardrails": {"egress": [], "cpu_millis": 500, "memory_mib": 128}}),
	"workload": {
		"operation": "CREATE", "kind": "Pod", "api_version": "v1", "namespace": "candidate-tracker", "name": "web-1", "dry_run": false,
		"user": "system:serviceaccount:kube-system:replicaset-controller", "app_state": "active", "labels": {"paddock.dev/region": "eu-sovereign"},
		"images": [
			{"image": "registry.example.eu/tracker@sha256:1111111111111111111111111111111111111111111111111111111111111111", "registry": "registry.example.eu", "digest": "sha256:1111111111111111111111111111111111111111111111111111111111111111", "init": false},
			{"image": "registry.example.eu/wait@sha256:2222222222222222222222222222222222222222222222222222222222222222", "registry": "registry.example.eu", "digest": "sha256:2222222222222222222222222222222222222222222222222222222222222222", "init": true},
		],
		"containers": [
			object.union(box, {"name": "web", "image": "registry.example.eu/tracker@sha256:1111111111111111111111111111111111111111111111111111111111111111"}),
			object.union(box, {"name": "wait", "image": "registry.example.eu/wait@sha256:2222222222222222222222222222222222222222222222222222222222222222", "init": true}),
		],
		"host": {"network": false, "pid": false, "ipc": false, "paths": []},
		"api_token": false,
		"object": {},
	},
})

box := {
	"init": false, "ephemeral": false, "cpu_millis": 500, "memory_mib": 128, "cpu_request_millis": 100, "memory_request_mib": 64,
	"privileged": false, "may_escalate": false, "may_be_root": false, "added_capabilities": [], "host_ports": [],
}

vendor := {
	"name": "talent-directory", "hosts": ["talent.example"], "state": "approved", "known_hosts": ["talent.example", "*.talent.example"],
	"regions": ["eu-sovereign"], "dpa_signed": true, "dpa_expires": "2026-12-31", "privacy_state": "approved",
}

# but returns the good input with one value replaced, as but("/app/region", "x").
but(path, value) := json.patch(good, [{"op": "replace", "path": path, "value": value}])

# but2 replaces two values.
but2(a, x, b, y) := json.patch(but(a, x), [{"op": "replace", "path": b, "value": y}])

# asked is the good workload with one value replaced.
asked(path, value) := json.patch(admitted, [{"op": "replace", "path": path, "value": value}])

# asked2 replaces two values.
asked2(a, x, b, y) := json.patch(asked(a, x), [{"op": "replace", "path": b, "value": y}])
