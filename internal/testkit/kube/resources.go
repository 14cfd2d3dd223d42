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
	path = "/apis/" + version
	if !strings.Contains(version, "/") {
		path = "/api/" + version
	}
	r := c.cluster.find(t, path, kind)
	if !r.Namespaced {
		return path + "/" + r.Name, name
	}
	namespace, _ := meta["namespace"].(string)
	if namespace == "" {
		namespace = "default"
	}
	return path + "/namespaces/" + namespace + "/" + r.Name, name
}

// find looks a kind up. Kinds that were not there are asked for again: somebody
// may have defined them since.
func (c *Cluster) find(t testing.TB, path, kind string) resource {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for range 2 {
		for _, r := range c.resources[path] {
			if r.Kind == kind && !strings.Contains(r.Name, "/") {
				return r
			}
		}
		a := c.admin.must(t, http.MethodGet, path, "", nil)
		var list struct {
			Resources []resource `json:"resources"`
		}
		if b, err := json.Marshal(a.Object); err != nil || json.Unmarshal(b, &list) != nil {
			t.Fatalf("%s has no list of resources: %v", path, a)
		}
		c.resources[path] = list.Resources
	}
	t.Fatalf("%s has no %s", path, kind)
	return resource{}
}
