package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Namespace makes a namespace of the test's own, with these labels and a
// ServiceAccount "default", and returns its name. It goes with the test.
func (c *Cluster) Namespace(t testing.TB, labels map[string]string) string {
	t.Helper()
	c.mu.Lock()
	c.next++
	name := fmt.Sprintf("test-%d", c.next)
	c.mu.Unlock()
	own := Object{}
	for k, v := range labels {
		own[k] = v
	}
	o := Object{"apiVersion": "v1", "kind": "Namespace", "metadata": Object{"name": name, "labels": own}}
	if a := c.admin.Create(t, o); !a.OK() {
		t.Fatalf("no namespace: %v", a)
	}
	c.cleanup(t, o)
	c.account(t, name)
	return name
}

// account makes the ServiceAccount that Pods have when they name none, unless
// the controllers were faster.
func (c *Cluster) account(t testing.TB, namespace string) {
	t.Helper()
	o := Object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": Object{"name": "default", "namespace": namespace}}
	if a := c.admin.Create(t, o); !a.OK() && a.Reason != "AlreadyExists" {
		t.Fatalf("no ServiceAccount: %v", a)
	}
}

// ApplyAll applies objects in their order, as the administrator. What is
// refused fails the test. They go with the test, the last one first.
func (c *Cluster) ApplyAll(t testing.TB, objects ...Object) {
	t.Helper()
	for _, o := range objects {
		if a := c.admin.Apply(t, o); !a.OK() {
			t.Fatalf("%v %v is refused: %v", o["kind"], o["metadata"], a)
		}
		c.cleanup(t, o)
	}
}

// cleanup deletes an object at the end of the test, and does not wait for it.
func (c *Cluster) cleanup(t testing.TB, o Object) {
	path, _ := c.admin.path(t, o)
	name := o["metadata"].(Object)["name"].(string)
	t.Cleanup(func() {
		if _, err := c.admin.call(context.Background(), "DELETE", path+"/"+name, "", nil); err != nil {
			t.Errorf("cleaning up: %v", err)
		}
	})
}

// Await asks until what it asks is true, and fails the test after a minute.
// What the API server is told takes effect a moment later: policies, webhooks
// and quotas are read from a cache.
func (c *Cluster) Await(t testing.TB, what string, so func() bool) {
	t.Helper()
	err := c.until(c.parts, func(context.Context) error {
		if so() {
			return nil
		}
		return errors.New("it is not so")
	})
	if err != nil {
		t.Fatalf("waiting for %s: %v", what, err)
	}
}

// Decode reads objects from YAML, one or several documents.
func Decode(t testing.TB, text []byte) []Object {
	t.Helper()
	var out []Object
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var o Object
		err := d.Decode(&o)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("YAML: %v", err)
		}
		if o != nil {
			out = append(out, o)
		}
	}
}
