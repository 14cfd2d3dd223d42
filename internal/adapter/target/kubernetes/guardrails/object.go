package guardrails

import (
	"bytes"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

// Object is one Kubernetes object.
type Object map[string]any

// YAML writes objects as one stream of documents, keys in alphabetical order.
func YAML(objects []Object) ([]byte, error) {
	var b bytes.Buffer
	for _, o := range objects {
		b.WriteString("---\n")
		e := yaml.NewEncoder(&b)
		e.SetIndent(2)
		if err := e.Encode(o); err != nil {
			return nil, core.Hidden("Writing YAML", err)
		}
	}
	return b.Bytes(), nil
}

// object makes an object of the cluster, or of a namespace if that is not "".
func object(version, kind, namespace, name string, labels map[string]string, rest Object) Object {
	meta := Object{"name": name}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	if len(labels) > 0 {
		meta["labels"] = labels
	}
	o := Object{"apiVersion": version, "kind": kind, "metadata": meta}
	for k, v := range rest {
		o[k] = v
	}
	return o
}

// byPaddock marks what Paddock wrote for the whole cluster.
func byPaddock() map[string]string {
	return map[string]string{"app.kubernetes.io/managed-by": "paddock"}
}
