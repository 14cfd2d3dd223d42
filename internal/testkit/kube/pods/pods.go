// Package pods is a list of good and bad Pods with the rules that each one
// breaks. Whoever decides about Pods is held to the same list: admission
// policies in CEL, Gatekeeper, and Paddock's own webhook.
package pods

import (
	"fmt"
	"strconv"
	"strings"
)

// Object is a Kubernetes object as JSON has it.
type Object = map[string]any

// Case is one Pod.
type Case struct {
	Name string   // unique, and the Pod's own name
	Want []string // codes of the rules that it breaks; none for a good Pod
	Pod  Object
}

// Place is where the Pods are to run. The namespace has these labels.
type Place struct {
	Namespace, App, Environment, Region, Target string
	Registry                                    string // the one that is approved
}

// Labels are those of the namespace.
func (p Place) Labels() map[string]string {
	return map[string]string{"paddock.dev/managed": "true", "paddock.dev/app": p.App, "paddock.dev/environment": p.Environment,
		"paddock.dev/region": p.Region, "paddock.dev/target": p.Target}
}

// Digest ends the name of an image.
const Digest = "@sha256:5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d"

// Good returns a Pod that every rule lets pass, Pod Security "restricted" too.
func (p Place) Good(name string) Object {
	return Object{"apiVersion": "v1", "kind": "Pod",
		"metadata": Object{"name": name, "namespace": p.Namespace, "labels": p.own()},
		"spec": Object{
			"automountServiceAccountToken": false,
			"securityContext":              Object{"runAsNonRoot": true, "runAsUser": 1000, "seccompProfile": Object{"type": "RuntimeDefault"}},
			"containers":                   []any{p.container("main")},
		}}
}

// own are the labels of a Pod.
func (p Place) own() Object {
	o := Object{}
	for k, v := range p.Labels() {
		if k != "paddock.dev/managed" {
			o[k] = v
		}
	}
	return o
}

func (p Place) container(name string) Object {
	return Object{"name": name, "image": p.Registry + "/apps/" + p.App + Digest,
		"resources": Object{"requests": Object{"cpu": "50m", "memory": "32Mi"}, "limits": Object{"cpu": "100m", "memory": "64Mi"}},
		"securityContext": Object{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
			"capabilities": Object{"drop": []any{"ALL"}}}}
}

// change alters a Pod.
type change func(p Place, pod Object)

// set puts a value at a path such as spec.containers.0.image; nil takes away
// what is there. A number beyond the end of a list appends.
func set(path string, value any) change {
	return func(_ Place, pod Object) { put(pod, strings.Split(path, "."), clone(value)) }
}

// clone copies a value, so that no two Pods share a part.
func clone(value any) any {
	switch v := value.(type) {
	case Object:
		out := Object{}
		for k, x := range v {
			out[k] = clone(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = clone(x)
		}
		return out
	}
	return value
}

func put(at any, path []string, value any) any {
	key := strings.ReplaceAll(path[0], "~", ".")
	if i, err := strconv.Atoi(key); err == nil {
		list, _ := at.([]any)
		var old any = Object{}
		if i < len(list) {
			old = list[i]
		} else {
			i, list = len(list), append(list, old)
		}
		if list[i] = value; len(path) > 1 {
			list[i] = put(old, path[1:], value)
		}
		return list
	}
	o, ok := at.(Object)
	if !ok {
		o = Object{}
	}
	switch {
	case len(path) > 1:
		o[key] = put(o[key], path[1:], value)
	case value == nil:
		delete(o, key)
	default:
		o[key] = value
	}
	return o
}

// more adds a container to a list of the Pod, changed as said.
func more(list, name string, changes ...change) change {
	return func(p Place, pod Object) {
		c := p.container(name)
		for _, ch := range changes {
			ch(p, c)
		}
		spec := pod["spec"].(Object)
		all, _ := spec[list].([]any)
		spec[list] = append(all, c)
	}
}

// image names another image; REGISTRY and DIGEST stand for the good ones.
func image(path, name string) change {
	return func(p Place, pod Object) {
		put(pod, strings.Split(path, "."), strings.NewReplacer("REGISTRY", p.Registry, "DIGEST", Digest).Replace(name))
	}
}

// Cases returns the list for a place, each Pod as somebody would write it. Names and order do not change.
func Cases(p Place) []Case {
	var out []Case
	for _, group := range [][]entry{good, images, resources, hosts, privileges, tokens, labels, several} {
		for _, e := range group {
			name := fmt.Sprintf("p%02d-%s", len(out)+1, e.name)
			pod := p.Good(name)
			for _, change := range e.changes {
				change(p, pod)
			}
			out = append(out, Case{Name: name, Want: e.want, Pod: pod})
		}
	}
	return out
}
