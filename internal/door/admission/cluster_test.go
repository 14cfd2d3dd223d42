package admission_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
	"github.com/paddock-dev/paddock/internal/testkit/kube"
)

// cluster is a town that a real API server asks, until the test stops it.
type cluster struct {
	*town
	*kube.Cluster
	strict, lenient string // namespaces
	stop            func()
}

func newCluster(t *testing.T, name string, settings ...string) *cluster {
	api := kube.Start(t)
	c := &cluster{Cluster: api, town: newTown(t, settings...)}
	c.strict = c.namespace("strict-"+name, "false")
	c.lenient = c.namespace("lenient-"+name, "true")
	dir := t.TempDir()
	ca := api.Serving(t, dir)
	url, stop := c.serveUntil(admission.Files{Cert: dir + "/tls.crt", Key: dir + "/tls.key"})
	c.stop = stop
	b, err := admission.Webhooks{URL: url, CA: ca, Own: "paddock", Timeout: 10}.JSON()
	c.Must(err)
	var config kube.Object
	c.Must(json.Unmarshal(b, &config))
	api.ApplyAll(t, config)
	bad := c.pod(c.strict, "nginx:1")
	api.Await(t, "the webhook to be asked", func() bool { return !api.Admin().Try(t, bad).OK() })
	return c
}

// namespace makes a managed namespace of the app tracker.
func (c *cluster) namespace(environment, open string) string {
	name := core.NamespaceOf("tracker", environment)
	c.ApplyAll(c.t, kube.Object{"apiVersion": "v1", "kind": "Namespace", "metadata": kube.Object{"name": name,
		"labels": kube.Object{admission.Managed: "true", admission.FailOpen: open}}},
		kube.Object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": kube.Object{"name": "default", "namespace": name}, "automountServiceAccountToken": false})
	return name
}

// pod is a Pod that the starter's rules allow, if its image is good.
func (c *cluster) pod(namespace, image string, more ...string) kube.Object {
	c.next++
	_, environment, _ := core.AppOfNamespace(namespace)
	text := fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: web-%d, namespace: %s, labels: {paddock.dev/region: eu-sovereign, paddock.dev/target: eu-sovereign, paddock.dev/app: tracker, paddock.dev/environment: %s}}, spec: {securityContext: {runAsNonRoot: true}, containers: [
{name: web, image: %q, env: [{name: TOKEN, value: %s}], resources: {limits: {cpu: 200m, memory: 64Mi}}, securityContext: {allowPrivilegeEscalation: false}}]}}`, c.next, namespace, environment, image, canary)
	return kube.Decode(c.t, []byte(strings.NewReplacer(more...).Replace(text)))[0]
}

const goodImage = "registry.example.eu/web@sha256:1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a"

// A real API server asks, and does what it is told.
func TestRealServerAsks(t *testing.T) {
	c := newCluster(t, "asks", "admission: {fail_open: [may_escalate]}")
	admin := c.Admin()
	before := len(c.kept())
	if a := admin.Try(t, c.pod(c.strict, goodImage)); !a.OK() || len(a.Warned) != 0 || len(c.kept()) != before {
		t.Errorf("a dry run: %v, warned %q, %d decisions", a, a.Warned, len(c.kept()))
	}
	good := c.pod(c.strict, goodImage)
	if a := admin.Create(t, good); !a.OK() {
		t.Errorf("a good Pod: %v", a)
	}
	kept := c.kept()
	if len(kept) != before+1 || kept[before].Result != core.Allow || strings.Contains(string(kept[before].Input), canary) {
		t.Fatalf("%d decisions", len(kept)-before)
	}
	if a := admin.Create(t, c.pod(c.strict, "unapproved.registry.com/web:1")); a.OK() || a.Status != 403 || a.Reason != "Forbidden" ||
		!strings.Contains(a.Message, `admission webhook "closed.admission.paddock.dev" denied the request: Paddock does not allow this Pod.`) || !strings.Contains(a.Message, "registry_not_allowed") || !strings.Contains(a.Message, "Fix: ") {
		t.Errorf("a bad Pod: %v", a)
	}
	if a := admin.Create(t, c.pod(c.strict, goodImage, "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true")); a.OK() || !strings.Contains(a.Message, `"open.admission.paddock.dev" denied`) {
		t.Errorf("a rule of the open webhook: %v", a)
	}
	if a := admin.Create(t, c.pod(c.strict, goodImage, "runAsNonRoot: true", "runAsNonRoot: false")); !a.OK() || len(a.Warned) != 1 || !strings.Contains(a.Warned[0], "may_be_root") {
		t.Errorf("a Pod that is warned of: %v, %q", a, a.Warned)
	}
	// What changes nothing that runs is not asked about, nor what ends.
	good["metadata"].(kube.Object)["labels"].(kube.Object)["team"] = "one"
	n := len(c.kept())
	if a := admin.Apply(t, good); !a.OK() || len(c.kept()) != n {
		t.Errorf("a label: %v, %d more decisions", a, len(c.kept())-n)
	}
	deployment := kube.Decode(t, []byte(strings.ReplaceAll(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: NS}, spec: {selector: {matchLabels: {a: b}},
template: {metadata: {labels: {a: b}}, spec: {hostNetwork: true, containers: [{name: web, image: nginx, securityContext: {allowPrivilegeEscalation: false}}]}}}}`, "NS", c.strict)))[0]
	if a := admin.Create(t, deployment); a.OK() || !strings.Contains(a.Message, "host_access") || !strings.Contains(a.Message, "this Deployment") {
		t.Errorf("a Deployment: %v", a)
	}
	if a := admin.Delete(t, good); !a.OK() {
		t.Errorf("deleting: %v", a)
	}
}

func TestRealServerInAuditMode(t *testing.T) {
	c := newCluster(t, "watched")
	c.govern("admission: {mode: audit}")
	if a := c.Admin().Create(t, c.pod(c.strict, "nginx:1")); !a.OK() || len(a.Warned) == 0 || !strings.Contains(a.Warned[0], "Paddock would refuse this: ") {
		t.Errorf("%v, warned %q", a, a.Warned)
	}
}

// With Paddock down nothing starts where rules are closed, everything does where
// they are open, and the cluster's own namespaces never notice.
func TestRealServerWithoutPaddock(t *testing.T) {
	c := newCluster(t, "alone")
	admin := c.Admin()
	if a := admin.Try(t, c.pod(c.lenient, "nginx:1")); a.OK() || !strings.Contains(a.Message, `"lenient.admission.paddock.dev" denied`) {
		t.Errorf("while Paddock is there, open namespaces have rules too: %v", a)
	}
	labelled := kube.Object{"apiVersion": "v1", "kind": "Namespace", "metadata": kube.Object{"name": "kube-system", "labels": kube.Object{admission.Managed: "true"}}}
	if a := admin.Apply(t, labelled); !a.OK() { // even somebody who labels it does not stop the cluster
		t.Fatal(a)
	}
	own := kube.Object{"apiVersion": "v1", "kind": "Namespace", "metadata": kube.Object{"name": "paddock", "labels": kube.Object{admission.Managed: "true"}}}
	c.ApplyAll(t, own)
	for _, ns := range []string{"kube-system", "paddock"} {
		admin.Create(t, kube.Object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": kube.Object{"name": "default", "namespace": ns}})
	}
	unmanaged := c.Cluster.Namespace(t, nil)
	c.stop()
	for _, x := range []struct {
		namespace string
		starts    bool
	}{{c.strict, false}, {c.lenient, true}, {"kube-system", true}, {"paddock", true}, {unmanaged, true}} {
		a := admin.Create(t, c.pod(x.namespace, "nginx:1"))
		if a.OK() != x.starts || !x.starts && !strings.Contains(a.Message, `failed calling webhook "closed.admission.paddock.dev"`) {
			t.Errorf("in %s: %v", x.namespace, a)
		}
	}
}
