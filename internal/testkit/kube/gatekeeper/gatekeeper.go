// Package gatekeeper runs a real OPA Gatekeeper beside a test's API server. It
// is built by make gatekeeper; a test that needs it is skipped where it is
// missing, and says so.
package gatekeeper

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/paddock-dev/paddock/internal/testkit/kube"
)

// Start runs Gatekeeper until the test ends, as a webhook of the API server. It
// returns when Gatekeeper answers; it then knows no rule.
func Start(t testing.TB, c *kube.Cluster) {
	t.Helper()
	dir, err := kube.Built("gatekeeper")
	if err != nil {
		t.Fatal(err)
	}
	definitions, err := os.ReadFile(filepath.Join(dir, "gatekeeper.yaml"))
	if err != nil {
		t.Skipf("SKIPPED, NO GATEKEEPER: it is not in %s; run make gatekeeper, which builds it once", dir)
	}
	for _, o := range kube.Decode(t, definitions) {
		if slices.Contains([]string{"CustomResourceDefinition", "Namespace"}, o["kind"].(string)) {
			c.ApplyAll(t, o)
		}
	}
	c.Know(t, "templates.gatekeeper.sh/v1", "ConstraintTemplate")
	work := t.TempDir()
	ca := c.Serving(t, work)
	port, metrics, health := freePort(t), freePort(t), freePort(t)
	p, err := kube.Run(work, "", filepath.Join(dir, "gatekeeper"), []string{"POD_NAME=no-pod", "POD_NAMESPACE=gatekeeper-system", "NAMESPACE=gatekeeper-system"},
		"--kubeconfig="+c.Kubeconfig(t), "--debug-use-fake-pod", "--host=127.0.0.1", "--port="+port, "--cert-dir="+work, "--disable-cert-rotation",
		"--operation=webhook", "--operation=generate", "--health-addr=127.0.0.1:"+health, "--metrics-backend=opentelemetry",
		"--otlp-endpoint=127.0.0.1:"+metrics, "--otlp-metric-interval=1h", "--shutdown-delay=0", "--exempt-namespace=gatekeeper-system")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Log(p.Said())
		}
	})
	c.ApplyAll(t, kube.Object{"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": kube.Object{"name": "gatekeeper"},
		"webhooks": []any{kube.Object{"name": "validation.gatekeeper.sh", "admissionReviewVersions": []any{"v1"}, "sideEffects": "None", "timeoutSeconds": 10,
			"failurePolicy": "Fail", "clientConfig": kube.Object{"url": fmt.Sprintf("https://127.0.0.1:%s/v1/admit", port), "caBundle": base64.StdEncoding.EncodeToString(ca)},
			"namespaceSelector": kube.Object{"matchLabels": kube.Object{"paddock.dev/managed": "true"}},
			"rules": []any{kube.Object{"apiGroups": []any{"", "apps", "batch"}, "apiVersions": []any{"v1"}, "operations": []any{"CREATE", "UPDATE"},
				"resources": []any{"pods", "pods/ephemeralcontainers", "services", "replicationcontrollers", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs"}}},
		}}})
}

func freePort(t testing.TB) string {
	t.Helper()
	port, err := kube.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}
