package guardrails_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/target/kubernetes/guardrails"
	"github.com/paddock-dev/paddock/internal/testkit/kube"
	"github.com/paddock-dev/paddock/internal/testkit/kube/pods"
)

// manifest is something that must be refused, and words of the reason.
type manifest struct {
	note, why string
	object    kube.Object
}

// pod returns a good Pod with values put into it, each after its path.
func pod(name string, values ...any) kube.Object {
	o := place.Good(name)
	for i := 0; i < len(values); i += 2 {
		set(o, values[i].(string), values[i+1])
	}
	return o
}

func set(o any, path string, value any) {
	keys := strings.Split(path, ".")
	for i, key := range keys {
		key = strings.ReplaceAll(key, "~", ".")
		switch at := o.(type) {
		case []any:
			o = at[0]
			continue
		case kube.Object:
			if i == len(keys)-1 {
				at[key] = value
				return
			}
			if at[key] == nil {
				at[key] = kube.Object{}
			}
			o = at[key]
		}
	}
}

// workload wraps a Pod into another kind.
func workload(kind string, p kube.Object) kube.Object {
	meta := kube.Object{"name": strings.ToLower(kind), "namespace": place.Namespace}
	match := kube.Object{"x": "y"}
	labels, _ := p["metadata"].(kube.Object)["labels"].(kube.Object)
	if labels == nil {
		labels = kube.Object{}
	}
	labels["x"] = "y"
	template := kube.Object{"metadata": kube.Object{"labels": labels}, "spec": p["spec"]}
	spec := kube.Object{"template": template, "selector": kube.Object{"matchLabels": match}}
	version := "apps/v1"
	switch kind {
	case "Job", "CronJob":
		version = "batch/v1"
		p["spec"].(kube.Object)["restartPolicy"] = "Never"
		spec = kube.Object{"template": template}
		if kind == "CronJob" {
			spec = kube.Object{"schedule": "@daily", "jobTemplate": kube.Object{"spec": spec}}
		}
	case "ReplicationController":
		version, spec["selector"] = "v1", match
	case "StatefulSet":
		spec["serviceName"] = "x"
	}
	return kube.Object{"apiVersion": version, "kind": kind, "metadata": meta, "spec": spec}
}

func thing(version, kind, name string, rest kube.Object) kube.Object {
	o := kube.Object{"apiVersion": version, "kind": kind, "metadata": kube.Object{"name": name, "namespace": place.Namespace}}
	for k, v := range rest {
		o[k] = v
	}
	return o
}

func service(spec kube.Object) kube.Object {
	spec["ports"] = []any{kube.Object{"port": 80}}
	return thing("v1", "Service", "web", kube.Object{"spec": spec})
}

func claim(size string) kube.Object {
	return thing("v1", "PersistentVolumeClaim", "data", kube.Object{"spec": kube.Object{"accessModes": []any{"ReadWriteOnce"},
		"resources": kube.Object{"requests": kube.Object{"storage": size}}}})
}

// beyondPods are manifests that no rule about single Pods refuses, and Pods that
// only Pod Security or the limits refuse.
func beyondPods() []manifest {
	const c, s = "spec.containers.0.", "spec.containers.0.securityContext."
	psa := `violates PodSecurity "restricted:` + guardrails.PodSecurity + `"`
	return []manifest{
		{"a Pod as root", psa, pod("root", "spec.securityContext.runAsUser", 0)},
		{"a Pod that may be root", psa, pod("maybe", "spec.securityContext", kube.Object{"seccompProfile": kube.Object{"type": "RuntimeDefault"}})},
		{"no seccomp", psa, pod("seccomp", "spec.securityContext", kube.Object{"runAsNonRoot": true})},
		{"seccomp off", psa, pod("unconfined", "spec.securityContext.seccompProfile.type", "Unconfined")},
		{"capabilities kept", psa, pod("caps", s+"capabilities", nil)},
		{"proc unmasked", psa, pod("proc", "spec.hostUsers", false, s+"procMount", "Unmasked")},
		{"unsafe sysctl", psa, pod("sysctl", "spec.securityContext.sysctls", []any{kube.Object{"name": "kernel.msgmax", "value": "1"}})},
		{"nfs volume", psa, pod("nfs", "spec.volumes", []any{kube.Object{"name": "n", "nfs": kube.Object{"server": "x", "path": "/"}}})},
		{"SELinux user", psa, pod("selinux", "spec.securityContext.seLinuxOptions", kube.Object{"user": "root"})},
		{"too much CPU", "maximum cpu usage per Pod is 250m", pod("cpu", c+"resources.limits.cpu", "4")},
		{"too much memory", "maximum memory usage per Pod is 128Mi", pod("memory", c+"resources.limits.memory", "4Gi")},
		{"too much disk", "maximum ephemeral-storage usage per Container is 100Mi", pod("disk", c+"resources.limits.ephemeral-storage", "4Gi")},
		{"too much storage", "maximum storage usage per PersistentVolumeClaim is 100Mi", claim("1Gi")},

		{"a Deployment with a tag", "image_not_by_digest: ", workload("Deployment", pod("x", c+"image", place.Registry+"/a:1"))},
		{"a Deployment from elsewhere", "workload_image_not_approved: ", workload("Deployment", pod("x", c+"image", "nginx"+pods.Digest))},
		{"a ReplicaSet without labels", "labels_differ: ", workload("ReplicaSet", pod("x", "metadata.labels", nil))},
		{"a ReplicationController without resources", "limits_missing: ", workload("ReplicationController", pod("x", c+"resources", nil))},
		{"a DaemonSet on the host's network", "host_access: ", workload("DaemonSet", pod("x", "spec.hostNetwork", true))},
		{"a Job with rights", "capability_added: ", workload("Job", pod("x", s+"capabilities.add", []any{"SYS_ADMIN"}))},
		{"a CronJob with a token", "token_mounted: ", workload("CronJob", pod("x", "spec.automountServiceAccountToken", true))},
		{"a CronJob in another region", "region_label_differs: ", workload("CronJob", pod("x", "metadata.labels.paddock~dev/region", "us-east-1"))},
		{"a StatefulSet", "count/statefulsets.apps=1, used: count/statefulsets.apps=0, limited: count/statefulsets.apps=0", workload("StatefulSet", place.Good("x"))},

		{"a LoadBalancer", "service_exposed: ", service(kube.Object{"type": "LoadBalancer"})},
		{"a NodePort", "service_exposed: ", service(kube.Object{"type": "NodePort"})},
		{"an outside name", "service_exposed: ", service(kube.Object{"type": "ExternalName", "externalName": "evil.example"})},
		{"an outside address", "service_exposed: ", service(kube.Object{"externalIPs": []any{"203.0.113.7"}})},
		{"an Ingress", "limited: count/ingresses.networking.k8s.io=0", thing("networking.k8s.io/v1", "Ingress", "web", kube.Object{"spec": kube.Object{
			"defaultBackend": kube.Object{"service": kube.Object{"name": "web", "port": kube.Object{"number": 80}}}}})},

		{"a managed namespace without Pod Security", "namespace_open: ", marked("open", "pod-security.kubernetes.io/enforce", "")},
		{"a managed namespace with baseline", "namespace_open: ", marked("base", "pod-security.kubernetes.io/enforce", "baseline")},
		{"a managed namespace with an old standard", "namespace_open: ", marked("old", "pod-security.kubernetes.io/enforce-version", "v1.0")},
		{"a managed namespace that says false", "namespace_open: ", marked("false", "paddock.dev/managed", "false")},
		{"a managed namespace of no app", "namespace_unknown: ", marked("none", "paddock.dev/app", "")},
		{"a managed namespace in an unknown region", "namespace_unknown: ", marked("mars", "paddock.dev/region", "mars-1")},
		{"a target in another region", "namespace_unknown: ", marked("moved", "paddock.dev/region", "us-east-1")},
		{"a namespace of Kubernetes", "namespace_system: ", marked("kube-flannel", "x", "y")},
	}
}

// marked returns a managed namespace with one label changed, or taken off.
func marked(name, label, value string) kube.Object {
	labels := kube.Object{"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": guardrails.PodSecurity}
	for k, v := range place.Labels() {
		labels[k] = v
	}
	if labels[label] = value; value == "" {
		delete(labels, label)
	}
	return kube.Object{"apiVersion": "v1", "kind": "Namespace", "metadata": kube.Object{"name": name, "labels": labels}}
}

// podManifests are the bad Pods of the list.
func podManifests() []manifest {
	var out []manifest
	for _, c := range pods.Cases(place) {
		if len(c.Want) > 0 {
			out = append(out, manifest{"the Pod " + c.Name, fmt.Sprint(c.Want), c.Pod})
		}
	}
	return out
}

// TestRefusedWithPaddockStopped sends bad manifests to a real API server where
// nothing of Paddock runs, only what it has written there once. All of them are
// refused, each for its own reason, though an administrator sends them; good
// ones pass.
func TestRefusedWithPaddockStopped(t *testing.T) {
	c := kube.Start(t)
	c.Controllers(t)
	inForce(t, c)
	prepared(t, c)
	admin := c.Admin()
	c.Await(t, "the quota", func() bool {
		return strings.Contains(admin.Try(t, workload("StatefulSet", place.Good("x"))).Message, "exceeded quota")
	})

	refused := 0
	for _, m := range append(podManifests(), beyondPods()...) {
		a := admin.Create(t, m.object)
		switch {
		case a.OK():
			t.Errorf("%s is accepted", m.note)
		case !because(a, m.why):
			t.Errorf("%s is refused for another reason: %v; want %s", m.note, a, m.why)
		default:
			refused++
			t.Logf("%-45s %v", m.note, a)
		}
	}
	t.Logf("%d bad manifests are refused", refused)
	if refused < 50 {
		t.Errorf("%d bad manifests are refused, want 50 and more", refused)
	}
	typesHold(t, c)
	goodPass(t, admin)
	marksStay(t, admin)
	quotaHolds(t, c)
}

// because reports whether a refusal gives the reason. Pods of the list are
// refused by one of their codes, or by Pod Security or the limits first.
func because(a kube.Answer, why string) bool {
	if list, ok := strings.CutPrefix(why, "["); ok {
		for code := range strings.FieldsSeq(strings.TrimSuffix(list, "]")) {
			if strings.Contains(a.Message, "denied request: "+code+": ") {
				return true
			}
		}
		return strings.Contains(a.Message, "violates PodSecurity") || strings.Contains(a.Message, "usage per Pod is")
	}
	return strings.Contains(a.Message, why)
}

// typesHold holds that the API server's type checker has nothing to say about the
// policies' expressions.
func typesHold(t *testing.T, c *kube.Cluster) {
	t.Helper()
	for _, o := range plain(t, guardrails.Policies(rules)) {
		if o["kind"] != "ValidatingAdmissionPolicy" {
			continue
		}
		c.Await(t, "the type checker", func() bool { return at(t, c.Admin().Get(t, o).Object, "status.typeChecking") != nil })
		if w := at(t, c.Admin().Get(t, o).Object, "status.typeChecking.expressionWarnings"); w != nil {
			t.Errorf("%v: %v", at(t, o, "metadata.name"), w)
		}
	}
}

// goodPass holds that good manifests are accepted.
func goodPass(t *testing.T, admin *kube.Client) {
	t.Helper()
	for _, o := range pods.Cases(place) {
		if a := admin.Try(t, o.Pod); len(o.Want) == 0 && !a.OK() {
			t.Errorf("the good Pod %s is refused: %v", o.Name, a)
		}
	}
	for _, kind := range []string{"Deployment", "ReplicaSet", "Job", "CronJob", "DaemonSet", "ReplicationController"} {
		if a := admin.Try(t, workload(kind, place.Good("x"))); !a.OK() {
			t.Errorf("a good %s is refused: %v", kind, a)
		}
	}
	other := place.Good("x")
	other["metadata"] = kube.Object{"name": "x", "namespace": "default"}
	for note, o := range map[string]kube.Object{"a Service": service(kube.Object{"type": "ClusterIP"}), "a claim": claim("50Mi"),
		"a namespace": marked("fine", "x", "y"), "a Pod of others": other} {
		if a := admin.Try(t, o); !a.OK() {
			t.Errorf("%s is refused: %v", note, a)
		}
	}
}

// marksStay holds that the marks of the namespace cannot be taken off.
func marksStay(t *testing.T, admin *kube.Client) {
	t.Helper()
	for patch, why := range map[string]string{
		`{"paddock.dev/managed":null}`:                      "namespace_open: ",
		`{"paddock.dev/managed":"no"}`:                      "namespace_open: ",
		`{"pod-security.kubernetes.io/enforce":"baseline"}`: "namespace_open: ",
		`{"paddock.dev/app":"payroll"}`:                     "namespace_unknown: ",
		`{"paddock.dev/environment":null}`:                  "namespace_unknown: ",
		`{"paddock.dev/region":"us-east-1"}`:                "namespace_unknown: ",
	} {
		a := admin.Send(t, "PATCH", "/api/v1/namespaces/"+place.Namespace, "application/merge-patch+json", []byte(`{"metadata":{"labels":`+patch+`}}`))
		if a.OK() || !strings.Contains(a.Message, why) {
			t.Errorf("%s: %v, want %s", patch, a, why)
		}
	}
	if a := admin.Send(t, "PATCH", "/api/v1/namespaces/"+place.Namespace, "application/merge-patch+json", []byte(`{"metadata":{"labels":{"team":"hr"}}}`)); !a.OK() {
		t.Errorf("a harmless label is refused: %v", a)
	}
}

// quotaHolds holds that three Pods fit and a fourth does not, and that a
// debugging container cannot get in either.
func quotaHolds(t *testing.T, c *kube.Cluster) {
	t.Helper()
	for i := range guardrails.Pods {
		if a := c.Admin().Create(t, place.Good(fmt.Sprint("fits-", i))); !a.OK() {
			t.Fatalf("Pod %d: %v", i, a)
		}
	}
	if a := c.Admin().Create(t, place.Good("fourth")); a.OK() || !strings.Contains(a.Message, "limited: ") || !strings.Contains(a.Message, "pods=3") {
		t.Errorf("a fourth Pod: %v", a)
	}
	debug := `{"spec":{"ephemeralContainers":[{"name":"debug","image":"busybox"}]}}`
	a := c.Admin().Send(t, "PATCH", "/api/v1/namespaces/"+place.Namespace+"/pods/fits-0/ephemeralcontainers", "application/strategic-merge-patch+json", []byte(debug))
	if a.OK() || !because(a, "[workload_image_not_approved]") {
		t.Errorf("a debugging container: %v", a)
	}
}
