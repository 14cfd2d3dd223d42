package kube

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// resource is what the API server says of one kind.
type resource struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	Namespaced bool   `json:"namespaced"`
}

// path returns where objects of that kind are, and the object's name.
func (c *Client) path(t testing.TB, o Object) (path, name string) {
	t.Helper()
	version, _ := o["apiVersion"].(string)
	kind, _ := o["kind"].(string)
	meta, _ := o["metadata"].(Object)
	name, _ = meta["name"].(string)
	r, ok := c.cluster.find(t, version, kind)
	if !ok {
		t.Fatalf("the API server knows no %s of %s", kind, version)
	}
	path = group(version)
	if !r.Namespaced {
		return path + "/" + r.Name, name
	}
	namespace, _ := meta["namespace"].(string)
	if namespace == "" {
		namespace = "default"
	}
	return path + "/namespaces/" + namespace + "/" + r.Name, name
}

// group returns where the resources of a group and version are.
func group(version string) string {
	if strings.Contains(version, "/") {
		return "/apis/" + version
	}
	return "/api/" + version
}

// Know waits until the API server knows a kind, which it does a moment after a
// definition of it is stored.
func (c *Cluster) Know(t testing.TB, version, kind string) {
	t.Helper()
	c.Await(t, "the kind "+kind, func() bool {
		_, ok := c.find(t, version, kind)
		return ok
	})
}

// find looks a kind up. Kinds that were not there are asked for again: somebody
// may have defined them since.
func (c *Cluster) find(t testing.TB, version, kind string) (resource, bool) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for range 2 {
		for _, r := range c.resources[version] {
			if r.Kind == kind && !strings.Contains(r.Name, "/") {
				return r, true
			}
		}
		a := c.admin.must(t, http.MethodGet, group(version), "", nil)
		var list struct {
			Resources []resource `json:"resources"`
		}
		if b, err := json.Marshal(a.Object); err != nil || a.OK() && json.Unmarshal(b, &list) != nil {
			t.Fatalf("%s has no list of resources: %v", version, a)
		}
		c.resources[version] = list.Resources
	}
	return resource{}, false
}
