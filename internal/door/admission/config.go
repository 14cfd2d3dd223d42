package admission

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Labels of namespaces.
const (
	Managed  = core.LabelManaged       // "true": Paddock is asked about it
	FailOpen = "paddock.dev/fail-open" // "true": it does not wait for Paddock
)

// Webhooks says what a cluster is to be told of this server.
type Webhooks struct {
	URL     string // as the API server reaches the door: https://paddock.example:8443
	CA      []byte // PEM: the certificates that the API server is to trust
	Own     string // Paddock's own namespace
	Timeout int    // seconds that the API server waits; 0 means 5
}

// JSON returns the ValidatingWebhookConfiguration, as kubectl apply takes it.
// Errors: Invalid, with every fault.
func (w Webhooks) JSON() ([]byte, error) {
	var faults []*core.Error
	u, err := url.Parse(w.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		faults = append(faults, core.Errorf(core.Invalid, "The address %q is not like https://paddock.example:8443.", w.URL).Hinted("An API server asks over TLS only.").At("--url"))
	}
	if err := onlyCertificates(w.CA); err != nil {
		faults = append(faults, core.AsError(err).At("--ca"))
	}
	if w.Timeout == 0 {
		w.Timeout = 5
	}
	if w.Timeout < 1 || w.Timeout > 30 {
		faults = append(faults, core.Errorf(core.Invalid, "An API server waits between 1 and 30 seconds, not %d.", w.Timeout).At("--timeout"))
	}
	if err := core.Join(core.Invalid, "The configuration cannot be made:", faults); err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(map[string]any{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
		"metadata": map[string]any{"name": "paddock", "labels": map[string]any{"app.kubernetes.io/managed-by": "paddock"}},
		"webhooks": []any{
			w.webhook("closed.admission.paddock.dev", Closed, "Fail", "NotIn"),
			w.webhook("open.admission.paddock.dev", Open, "Ignore", "NotIn"),
			w.webhook("lenient.admission.paddock.dev", All, "Ignore", "In"),
		},
	}, "", "  ")
	return append(b, '\n'), err
}

// webhook is one entry: the rules that it enforces, and what the API server does
// when it gets no answer.
func (w Webhooks) webhook(name string, asks Asks, onFailure, lenient string) map[string]any {
	spared := append(slices.Clone(never), w.own()...)
	return map[string]any{
		"name": name, "admissionReviewVersions": []string{"v1"}, "failurePolicy": onFailure, "matchPolicy": "Equivalent",
		"sideEffects": "NoneOnDryRun", "timeoutSeconds": w.Timeout,
		"clientConfig": map[string]any{"url": strings.TrimSuffix(w.URL, "/") + "/admit/" + string(asks), "caBundle": base64.StdEncoding.EncodeToString(w.CA)},
		"namespaceSelector": map[string]any{"matchLabels": map[string]string{Managed: "true"}, "matchExpressions": []any{
			map[string]any{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": spared},
			map[string]any{"key": FailOpen, "operator": lenient, "values": []string{"true"}},
		}},
		"matchConditions": []any{
			map[string]string{"name": "not-the-clusters-own", "expression": "!(request.namespace in " + list(spared) + ")"},
			map[string]string{"name": "not-on-its-way-out", "expression": "!has(object.metadata.deletionTimestamp)"},
			map[string]string{"name": "what-runs-changes", "expression": "request.operation == 'CREATE' || !has(object.spec) || object.spec != oldObject.spec"},
		},
		"rules": []any{
			rule("", "pods", "pods/ephemeralcontainers", "replicationcontrollers"),
			rule("apps", "deployments", "replicasets", "statefulsets", "daemonsets"),
			rule("batch", "jobs", "cronjobs"),
		},
	}
}

func (w Webhooks) own() []string {
	if w.Own == "" {
		return nil
	}
	return []string{w.Own}
}

func rule(group string, resources ...string) map[string]any {
	return map[string]any{"apiGroups": []string{group}, "apiVersions": []string{"v1"}, "operations": []string{"CREATE", "UPDATE"}, "resources": resources, "scope": "Namespaced"}
}

// list is a list of names in CEL.
func list(names []string) string {
	return "['" + strings.Join(names, "', '") + "']"
}

// onlyCertificates refuses a bundle that is none, above all one with a key in it.
func onlyCertificates(b []byte) error {
	n := 0
	for rest := b; ; n++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			if n == 0 || len(bytes.TrimSpace(rest)) > 0 {
				return core.Errorf(core.Invalid, "The file holds no certificate in PEM form.").Hinted("Name the CA that signed the door's certificate.")
			}
			return nil
		}
		if block.Type != "CERTIFICATE" {
			return core.Errorf(core.Invalid, "The file holds a %s, which must not be given away.", clip(block.Type)).Hinted("Name a file with certificates only.")
		}
	}
}
