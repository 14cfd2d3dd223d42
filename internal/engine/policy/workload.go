package policy

import (
	"encoding/json"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Workload is what a Kubernetes API server asks about: an object that runs
// containers, with what most rules need of it in one form for all kinds. Rules
// that read these keys are answered from memory for every further copy of the
// same Pod; rules that read object are asked again for each.
type Workload struct {
	Operation  string            `json:"operation" doc:"CREATE or UPDATE."`
	Kind       string            `json:"kind" doc:"Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob ..."`
	APIVersion string            `json:"api_version" doc:"v1, apps/v1, batch/v1 ..."`
	Namespace  string            `json:"namespace"`
	Name       string            `json:"name" doc:"Empty if the API server is still to make one up."`
	DryRun     bool              `json:"dry_run" doc:"Nothing is kept, neither the object nor the decision."`
	User       string            `json:"user" doc:"Who asks the API server, as it names users."`
	AppState   core.AppState     `json:"app_state" doc:"State of the app that the namespace belongs to; empty if it belongs to none."`
	Labels     map[string]string `json:"labels" doc:"Of the Pods: the template's, where there is one."`
	Images     []Image           `json:"images" doc:"Each image once, in the order of the containers."`
	Containers []Container       `json:"containers" doc:"All containers: initial, usual and ephemeral."`
	HostAccess HostAccess        `json:"host" doc:"What the Pods take of the machine they run on."`
	APIToken   bool              `json:"api_token" doc:"The Pods say that they want a token for the cluster's API."`
	Object     Object            `json:"object" doc:"The whole object, without values of environment variables and without book-keeping (managedFields, last-applied-configuration)."`
}

// Image is one image of a workload.
type Image struct {
	Image    string `json:"image" doc:"As it is written."`
	Registry string `json:"registry" doc:"Its registry host; docker.io if none is written."`
	Digest   string `json:"digest" doc:"sha256:... if the image is named by digest; else empty."`
	Init     bool   `json:"init" doc:"Only initial containers use it."`
}

// Container is one container of a workload. Of quantities 0 means not set.
type Container struct {
	Name           string   `json:"name"`
	Image          string   `json:"image"`
	Init           bool     `json:"init" doc:"It runs before the others."`
	Ephemeral      bool     `json:"ephemeral" doc:"It was added to a running Pod, and cannot have limits."`
	CPUMillis      int      `json:"cpu_millis" doc:"Limit, in thousandths of a core."`
	MemoryMiB      int      `json:"memory_mib" doc:"Limit."`
	CPURequest     int      `json:"cpu_request_millis"`
	MemoryRequest  int      `json:"memory_request_mib"`
	Privileged     bool     `json:"privileged"`
	MayEscalate    bool     `json:"may_escalate" doc:"A process may get more rights than its parent; true unless it is forbidden."`
	MayBeRoot      bool     `json:"may_be_root" doc:"True unless the container or its Pod says runAsNonRoot."`
	CapabilityAdds []string `json:"added_capabilities"`
	HostPorts      []int    `json:"host_ports"`
}

// HostAccess is what a workload takes of the machine that it runs on.
type HostAccess struct {
	Network bool     `json:"network"`
	PID     bool     `json:"pid"`
	IPC     bool     `json:"ipc"`
	Paths   []string `json:"paths" doc:"Folders of the machine that are mounted."`
}

// Object is a JSON object with keys of somebody else's.
type Object string

// OpenObject implements schema.Open.
func (Object) OpenObject() {}

// MarshalJSON writes the object; none is {}.
func (o Object) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("{}"), nil
	}
	return []byte(o), nil
}

// UnmarshalJSON keeps the object's bytes.
func (o *Object) UnmarshalJSON(b []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(b, &keys); err != nil {
		return err
	}
	*o = ""
	if len(keys) > 0 {
		*o = Object(b)
	}
	return nil
}

// Images lists the images of containers, each once.
func Images(containers []Container) []Image {
	out := []Image{}
	at := map[string]int{}
	for _, c := range containers {
		i, seen := at[c.Image]
		if !seen {
			at[c.Image] = len(out)
			_, digest, _ := strings.Cut(c.Image, "@")
			out = append(out, Image{Image: c.Image, Registry: Registry(c.Image), Digest: digest, Init: c.Init})
			continue
		}
		out[i].Init = out[i].Init && c.Init
	}
	return out
}
