package admit

import (
	"fmt"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Object is what is read of a Kubernetes object of any kind that runs
// containers. Other keys are left alone.
type Object struct {
	Metadata Metadata  `json:"metadata"`
	Spec     Spec      `json:"spec"`
	Template *Template `json:"template"` // of a PodTemplate
}

// Metadata is a part of every object.
type Metadata struct {
	Name         string            `json:"name"`
	GenerateName string            `json:"generateName"`
	Deleted      string            `json:"deletionTimestamp"` // it is being deleted
	Labels       map[string]string `json:"labels"`
}

// Template is what Pods are made from.
type Template struct {
	Metadata Metadata `json:"metadata"`
	Spec     Spec     `json:"spec"`
}

// Spec is the specification of a Pod, or of something that makes Pods from a
// template.
type Spec struct {
	Template    *Template `json:"template"`
	JobTemplate *struct {
		Spec struct {
			Template *Template `json:"template"`
		} `json:"spec"`
	} `json:"jobTemplate"`

	Init      []Box `json:"initContainers"`
	Usual     []Box `json:"containers"`
	Ephemeral []Box `json:"ephemeralContainers"`

	HostNetwork bool `json:"hostNetwork"`
	HostPID     bool `json:"hostPID"`
	HostIPC     bool `json:"hostIPC"`
	Automount   bool `json:"automountServiceAccountToken"`
	Volumes     []struct {
		HostPath *struct {
			Path string `json:"path"`
		} `json:"hostPath"`
		Projected struct {
			Sources []struct {
				Token *struct {
					Audience string `json:"audience"`
				} `json:"serviceAccountToken"`
			} `json:"sources"`
		} `json:"projected"`
	} `json:"volumes"`
	Security struct {
		NonRoot *bool  `json:"runAsNonRoot"`
		User    *int64 `json:"runAsUser"`
	} `json:"securityContext"`
}

// Box is one container.
type Box struct {
	Name      string `json:"name"`
	Image     string `json:"image"`
	Restart   string `json:"restartPolicy"`
	Resources struct {
		Limits   Quantities `json:"limits"`
		Requests Quantities `json:"requests"`
	} `json:"resources"`
	Ports []struct {
		Host int `json:"hostPort"`
	} `json:"ports"`
	Security struct {
		Privileged   bool  `json:"privileged"`
		Escalation   *bool `json:"allowPrivilegeEscalation"`
		NonRoot      *bool `json:"runAsNonRoot"`
		Capabilities struct {
			Add []string `json:"add"`
		} `json:"capabilities"`
	} `json:"securityContext"`
}

// Quantities are amounts of CPU and memory, as Kubernetes writes them.
type Quantities struct {
	CPU    Quantity `json:"cpu"`
	Memory Quantity `json:"memory"`
}

// Read reads what rules need of a workload from its object.
// Errors: Unreadable for an object in another form, or with a quantity that is none.
func Read(object []byte) (o Object, err error) {
	if err := jsonv2.Unmarshal(object, &o); err != nil {
		return o, &core.Error{Code: core.Unreadable, Msg: "The object is not in the form of a workload.", Hint: "Send it as the API server would.", Err: err}
	}
	return o, nil
}

// pods returns the specification of the Pods, and their labels.
func (o *Object) pods() (*Spec, map[string]string) {
	at, labels := &o.Spec, o.Metadata.Labels
	t := o.Template
	switch {
	case o.Spec.Template != nil:
		t = o.Spec.Template
	case o.Spec.JobTemplate != nil:
		t = o.Spec.JobTemplate.Spec.Template
	}
	if t != nil {
		at, labels = &t.Spec, t.Metadata.Labels
	}
	return at, labels
}

// Fill writes what rules read of the object into a workload.
// Errors: Unreadable for a quantity that is none.
func (o *Object) Fill(w *policy.Workload) error {
	pod, labels := o.pods()
	if w.Name == "" {
		w.Name = o.Metadata.Name
	}
	w.Labels = labels
	w.HostAccess = policy.HostAccess{Network: pod.HostNetwork, PID: pod.HostPID, IPC: pod.HostIPC}
	w.APIToken = pod.Automount
	for _, v := range pod.Volumes {
		if v.HostPath != nil {
			w.HostAccess.Paths = append(w.HostAccess.Paths, v.HostPath.Path)
		}
		for _, s := range v.Projected.Sources {
			w.APIToken = w.APIToken || s.Token != nil && s.Token.Audience == "" // none is the cluster's own
		}
	}
	w.Containers = make([]policy.Container, 0, len(pod.Init)+len(pod.Usual)+len(pod.Ephemeral))
	for _, list := range []struct {
		boxes           []Box
		init, ephemeral bool
	}{{pod.Init, true, false}, {pod.Usual, false, false}, {pod.Ephemeral, false, true}} {
		for i := range list.boxes {
			c, err := container(pod, &list.boxes[i])
			if err != nil {
				return err
			}
			c.Init, c.Ephemeral = list.init && list.boxes[i].Restart != "Always", list.ephemeral // a sidecar stays
			w.Containers = append(w.Containers, c)
		}
	}
	w.Images = policy.Images(w.Containers)
	return nil
}

func container(pod *Spec, b *Box) (policy.Container, error) {
	c := policy.Container{Name: b.Name, Image: b.Image, Privileged: b.Security.Privileged, CapabilityAdds: b.Security.Capabilities.Add,
		MayEscalate: b.Security.Escalation == nil || *b.Security.Escalation, MayBeRoot: !told(b.Security.NonRoot, pod.Security.NonRoot)}
	for _, p := range b.Ports {
		if p.Host != 0 {
			c.HostPorts = append(c.HostPorts, p.Host)
		}
	}
	var err error
	for _, q := range []struct {
		from Quantity
		in   scale
		to   *int
		what string
	}{
		{b.Resources.Limits.CPU, millis, &c.CPUMillis, "limits.cpu"}, {b.Resources.Limits.Memory, mebibytes, &c.MemoryMiB, "limits.memory"},
		{b.Resources.Requests.CPU, millis, &c.CPURequest, "requests.cpu"}, {b.Resources.Requests.Memory, mebibytes, &c.MemoryRequest, "requests.memory"},
	} {
		if *q.to, err = q.from.in(q.in); err != nil {
			return c, core.AsError(err).At(fmt.Sprintf("%s %s", b.Name, q.what))
		}
	}
	return c, nil
}

// told reports what is said first.
func told(list ...*bool) bool {
	for _, b := range list {
		if b != nil {
			return *b
		}
	}
	return false
}

// Quantity is an amount as it is written: "500m", "1Gi", 2.
type Quantity string

// UnmarshalJSONFrom reads a text or a number.
func (q *Quantity) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	t, err := in.ReadToken()
	if err != nil {
		return err
	}
	switch t.Kind() {
	case '"', '0':
		*q = Quantity(t.String())
	case 'n':
	default:
		return fmt.Errorf("a quantity is text or a number, not %s", t.Kind())
	}
	return nil
}
