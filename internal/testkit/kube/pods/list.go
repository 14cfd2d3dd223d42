package pods

// entry is one Pod of the list: the good one, changed.
type entry struct {
	name    string
	want    []string
	changes []change
}

func ok(name string, changes ...change) entry { return entry{name, nil, changes} }

func no(code, name string, changes ...change) entry { return entry{name, []string{code}, changes} }

const (
	first  = "spec.containers.0."
	secure = first + "securityContext."
)

var good = []entry{
	ok("plain"),
	ok("tag-and-digest", image(first+"image", "REGISTRY/apps/a:1.2.3DIGEST")),
	ok("deep-path", image(first+"image", "REGISTRY/a/b/c/dDIGEST")),
	ok("two-containers", more("containers", "side")),
	ok("init-container", more("initContainers", "init")),
	ok("sidecar", more("initContainers", "side", set("restartPolicy", "Always"))),
	ok("more-labels", set("metadata.labels.tier", "web")),
	ok("port", set(first+"ports", []any{Object{"containerPort": 8080}})),
	ok("host-network-off", set("spec.hostNetwork", false)),
	ok("scratch-volume", set("spec.volumes", []any{Object{"name": "tmp", "emptyDir": Object{}}})),
	ok("config-volume", set("spec.volumes", []any{Object{"name": "c", "configMap": Object{"name": "c"}}})),
	ok("privileged-off", set(secure+"privileged", false)),
	ok("vault-token", token("vault")),
	ok("more-resources", set(first+"resources.limits.ephemeral-storage", "10Mi")),
	ok("quick-end", set("spec.terminationGracePeriodSeconds", 5)),
	ok("words-in-environment", set(first+"env", []any{Object{"name": "MODE", "value": "hostNetwork: true"}})),
	ok("probe", set(first+"livenessProbe", Object{"httpGet": Object{"path": "/", "port": 8080}})),
}

const (
	elsewhere = "workload_image_not_approved"
	unpinned  = "image_not_by_digest"
)

var images = []entry{
	no(elsewhere, "other-registry", image(first+"image", "unapproved.registry.com/aDIGEST")),
	no(elsewhere, "registry-as-prefix", image(first+"image", "REGISTRY.evil.example/aDIGEST")),
	no(elsewhere, "registry-in-path", image(first+"image", "evil.example/REGISTRY/aDIGEST")),
	no(elsewhere, "registry-with-port", image(first+"image", "REGISTRY:5000/aDIGEST")),
	no(elsewhere, "no-registry", image(first+"image", "nginxDIGEST")),
	no(elsewhere, "subdomain", image(first+"image", "x.REGISTRY/aDIGEST")),
	no(elsewhere, "dot-is-a-dot", image(first+"image", "registryxexample.eu/aDIGEST")),
	no(elsewhere, "second-container", more("containers", "side", image("image", "evil.example/aDIGEST"))),
	no(elsewhere, "init-image", more("initContainers", "init", image("image", "evil.example/aDIGEST"))),
	no(elsewhere, "sidecar-image", more("initContainers", "side", set("restartPolicy", "Always"), image("image", "evil.example/aDIGEST"))),
	no(unpinned, "tag-only", image(first+"image", "REGISTRY/a:1.2.3")),
	no(unpinned, "latest", image(first+"image", "REGISTRY/a:latest")),
	no(unpinned, "no-tag", image(first+"image", "REGISTRY/a")),
	no(unpinned, "short-digest", image(first+"image", "REGISTRY/a@sha256:5d5d")),
	no(unpinned, "other-hash", image(first+"image", "REGISTRY/a@md5:5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d")),
	no(unpinned, "upper-case-digest", image(first+"image", "REGISTRY/a@sha256:5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D5D")),
	no(unpinned, "more-after-digest", image(first+"image", "REGISTRY/aDIGEST:latest")),
	no(unpinned, "init-tag", more("initContainers", "init", image("image", "REGISTRY/a:1"))),
	no(unpinned, "second-tag", more("containers", "side", image("image", "REGISTRY/a:1"))),
}

const unmeasured = "limits_missing"

var resources = []entry{
	no(unmeasured, "no-resources", set(first+"resources", nil)),
	no(unmeasured, "requests-only", set(first+"resources.limits", nil)),
	no(unmeasured, "no-cpu-limit", set(first+"resources.limits.cpu", nil)),
	no(unmeasured, "no-memory-limit", set(first+"resources.limits.memory", nil)),
	no(unmeasured, "cpu-only", set(first+"resources", Object{"limits": Object{"cpu": "1"}})),
	no(unmeasured, "second-unmeasured", more("containers", "side", set("resources", nil))),
	no(unmeasured, "init-unmeasured", more("initContainers", "init", set("resources", nil))),
}

const host = "host_access"

var hosts = []entry{
	no(host, "host-network", set("spec.hostNetwork", true)),
	no(host, "host-pid", set("spec.hostPID", true)),
	no(host, "host-ipc", set("spec.hostIPC", true)),
	no(host, "host-path", set("spec.volumes", []any{Object{"name": "root", "hostPath": Object{"path": "/"}}})),
	no(host, "second-volume", set("spec.volumes", []any{Object{"name": "t", "emptyDir": Object{}}, Object{"name": "d", "hostPath": Object{"path": "/var/run/docker.sock"}}})),
	no(host, "host-port", set(first+"ports", []any{Object{"containerPort": 80, "hostPort": 80}})),
	no(host, "init-host-port", more("initContainers", "init", set("ports", []any{Object{"containerPort": 80, "hostPort": 81}}))),
}

const (
	strong    = "privileged_container"
	escalates = "may_escalate"
	added     = "capability_added"
)

var privileges = []entry{
	no(escalates, "escalation", set(secure+"allowPrivilegeEscalation", true)),
	no(escalates, "escalation-unsaid", set(secure+"allowPrivilegeEscalation", nil)),
	no(escalates, "init-escalation", more("initContainers", "init", set("securityContext.allowPrivilegeEscalation", true))),
	no(escalates, "no-security-context", set(first+"securityContext", nil)),
	no(added, "all-capabilities", set(secure+"capabilities.add", []any{"ALL"})),
	no(added, "bind-low-port", set(secure+"capabilities.add", []any{"NET_BIND_SERVICE"})),
	no(added, "sys-admin", more("containers", "side", set("securityContext.capabilities.add", []any{"SYS_ADMIN"}))),
	{"privileged", []string{strong, escalates}, []change{set(secure+"allowPrivilegeEscalation", nil), set(secure+"privileged", true)}},
	{"init-privileged", []string{strong, escalates}, []change{more("initContainers", "init", set("securityContext", Object{"privileged": true}))}},
	{"second-privileged", []string{strong, escalates}, []change{more("containers", "side", set("securityContext", Object{"privileged": true}))}},
}

// token mounts a token for an audience, the cluster's own if that is "".
func token(audience string) change {
	source := Object{"path": "token"}
	if audience != "" {
		source["audience"] = audience
	}
	return set("spec.volumes", []any{Object{"name": "token", "projected": Object{"sources": []any{Object{"serviceAccountToken": source}}}}})
}

const mounted = "token_mounted"

var tokens = []entry{
	no(mounted, "automount", set("spec.automountServiceAccountToken", true)),
	no(mounted, "projected-token", token("")),
}

const (
	differ = "labels_differ"
	region = "region_label_differs"
)

var labels = []entry{
	no(differ, "no-app", set("metadata.labels.paddock~dev/app", nil)),
	no(differ, "no-environment", set("metadata.labels.paddock~dev/environment", nil)),
	no(differ, "other-app", set("metadata.labels.paddock~dev/app", "payroll")),
	no(differ, "other-environment", set("metadata.labels.paddock~dev/environment", "test")),
	no(differ, "empty-app", set("metadata.labels.paddock~dev/app", "")),
	no(region, "no-region", set("metadata.labels.paddock~dev/region", nil)),
	no(region, "other-region", set("metadata.labels.paddock~dev/region", "us-east-1")),
	no(region, "no-target", set("metadata.labels.paddock~dev/target", nil)),
	no(region, "other-target", set("metadata.labels.paddock~dev/target", "us-east-1")),
}

var several = []entry{
	{"no-labels", []string{differ, region}, []change{set("metadata.labels", nil)}},
	{"tag-elsewhere", []string{elsewhere, unpinned}, []change{image(first+"image", "nginx")}},
	{"everything", []string{elsewhere, unpinned, unmeasured, host, strong, escalates, mounted, differ, region}, []change{
		set("metadata.labels", nil), set("spec.hostNetwork", true), set("spec.automountServiceAccountToken", true),
		set("spec.containers", []any{Object{"name": "main", "image": "nginx", "securityContext": Object{"privileged": true}}})}},
}
