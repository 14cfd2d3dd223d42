package kube_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/testkit/kube"
)

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: NAMESPACE}
spec:
  containers: [{name: main, image: registry.example.eu/app}]
---
apiVersion: v1
kind: Pod
metadata: {name: two, namespace: NAMESPACE}
spec:
  hostNetwork: true
  containers: [{name: main, image: registry.example.eu/app, securityContext: {privileged: true}}]
`

// TestServer holds that the API server is the real one: it knows its own kinds,
// stores what it is given, and its own admission refuses.
func TestServer(t *testing.T) {
	c := kube.Start(t)
	admin := c.Admin()
	namespace := c.Namespace(t, map[string]string{"pod-security.kubernetes.io/enforce": "baseline"})
	pods := kube.Decode(t, []byte(strings.ReplaceAll(pod, "NAMESPACE", namespace)))
	if len(pods) != 2 {
		t.Fatalf("%d Pods are read", len(pods))
	}
	if a := admin.Try(t, pods[0]); !a.OK() {
		t.Errorf("a dry run: %v", a)
	}
	if a := admin.Get(t, pods[0]); a.Status != http.StatusNotFound || a.Reason != "NotFound" {
		t.Errorf("a dry run is stored: %v", a)
	}
	if a := admin.Create(t, pods[0]); a.Status != http.StatusCreated || a.Object["status"] == nil {
		t.Errorf("a good Pod: %v", a)
	}
	if a := admin.Create(t, pods[1]); a.Status != http.StatusForbidden || !strings.Contains(a.Message, `violates PodSecurity "baseline:latest"`) {
		t.Errorf("a bad Pod: %v", a)
	}
	if a := admin.Get(t, pods[0]); !a.OK() {
		t.Errorf("the Pod is not there: %v", a)
	}
	if a := admin.Delete(t, pods[0]); !a.OK() {
		t.Errorf("the Pod stays: %v", a)
	}
}

// TestIdentities holds that RBAC sees who is calling.
func TestIdentities(t *testing.T) {
	c := kube.Start(t)
	namespace := c.Namespace(t, nil)
	one := kube.Decode(t, []byte(strings.ReplaceAll(pod, "NAMESPACE", namespace)))[0]
	account := c.Account(t, namespace, "default")
	if a := account.Create(t, one); a.Status != http.StatusForbidden || !strings.Contains(a.Message, "system:serviceaccount:"+namespace+":default") {
		t.Errorf("a ServiceAccount without rights: %v", a)
	}
	if a := c.User("jo", "makers").Create(t, one); a.Status != http.StatusForbidden || !strings.Contains(a.Message, `User "jo"`) {
		t.Errorf("a user without rights: %v", a)
	}
	c.ApplyAll(t, kube.Decode(t, []byte(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: makers, namespace: `+namespace+`}
rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: makers, namespace: `+namespace+`}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: makers}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: makers}]
`))...)
	c.Await(t, "the right to count", func() bool { return c.User("jo", "makers").Try(t, one).OK() })
	if a := c.User("jo").Try(t, one); a.OK() {
		t.Error("somebody outside of the group may too")
	}
}

// TestControllers holds that quotas get a status when the controllers run.
func TestControllers(t *testing.T) {
	c := kube.Start(t)
	c.Controllers(t)
	namespace := c.Namespace(t, nil)
	quota := kube.Decode(t, []byte("{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: "+namespace+"}, spec: {hard: {pods: 0}}}"))[0]
	c.ApplyAll(t, quota)
	one := kube.Decode(t, []byte(strings.ReplaceAll(pod, "NAMESPACE", namespace)))[0]
	c.Await(t, "the quota", func() bool {
		a := c.Admin().Try(t, one)
		return !a.OK() && strings.Contains(a.Message, "exceeded quota: q")
	})
}

// TestMissing holds that a machine without the programs is told what to run.
func TestMissing(t *testing.T) {
	if os.Getenv(kube.Variable) == "" {
		t.Setenv(kube.Variable, t.TempDir())
	}
	skipped := t.Run("inner", func(t *testing.T) {
		defer func() {
			if !t.Skipped() {
				t.Error("the test is not skipped")
			}
		}()
		kube.Start(t)
	})
	if !skipped {
		t.Error("a missing program fails the test")
	}
}
