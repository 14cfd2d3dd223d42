package guardrails_test

import (
	"net/http"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/target/kubernetes/guardrails"
	"github.com/paddock-dev/paddock/internal/testkit/kube"
)

// TestAccounts holds on a real API server what the two accounts of an app's
// namespace may do: the app's own nothing, the deployer no more than to deploy.
func TestAccounts(t *testing.T) {
	c := kube.Start(t)
	c.Controllers(t)
	prepared(t, c)
	deployer := c.Account(t, place.Namespace, guardrails.Deployer)
	deployment := workload("Deployment", place.Good("x"))
	deployment["spec"].(kube.Object)["replicas"] = 2
	c.Await(t, "the deployer's rights", func() bool { return deployer.Apply(t, deployment).OK() })
	if a := deployer.Apply(t, service(kube.Object{})); !a.OK() {
		t.Errorf("a Service: %v", a)
	}
	pods := "/api/v1/namespaces/" + place.Namespace + "/pods"
	c.Await(t, "two Pods", func() bool {
		list, _ := deployer.Send(t, http.MethodGet, pods, "", nil).Object["items"].([]any)
		return len(list) == 2
	})
	in := "/namespaces/" + place.Namespace
	for _, r := range []struct{ method, path string }{
		{http.MethodGet, "/api/v1" + in + "/secrets"}, {http.MethodPost, pods}, {http.MethodPost, pods + "/x/exec"}, {http.MethodPost, pods + "/x/attach"},
		{http.MethodPost, "/api/v1" + in + "/serviceaccounts/default/token"}, {http.MethodDelete, "/api/v1" + in + "/resourcequotas/paddock"},
		{http.MethodPost, "/apis/networking.k8s.io/v1" + in + "/networkpolicies"}, {http.MethodPost, "/apis/rbac.authorization.k8s.io/v1" + in + "/rolebindings"},
		{http.MethodPatch, "/api/v1" + in}, {http.MethodGet, "/api/v1/namespaces/default/pods"}, {http.MethodGet, "/api/v1/nodes"},
		{http.MethodDelete, "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/paddock-workloads"},
	} {
		kind := ""
		if r.method != http.MethodGet && r.method != http.MethodDelete {
			kind = "application/json"
		}
		if a := deployer.Send(t, r.method, r.path, kind, []byte("{}")); a.Status != http.StatusForbidden {
			t.Errorf("the deployer: %s %s: %v", r.method, r.path, a)
		}
	}
	own := c.Account(t, place.Namespace, guardrails.Account)
	for _, path := range []string{pods, "/api/v1" + in + "/secrets", "/api/v1" + in + "/configmaps", "/apis/apps/v1" + in + "/deployments"} {
		if a := own.Send(t, http.MethodGet, path, "", nil); a.Status != http.StatusForbidden {
			t.Errorf("the app: %s: %v", path, a)
		}
	}
}
