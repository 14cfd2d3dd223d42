package guardrails

import (
	"fmt"
	"regexp"

	"github.com/paddock-dev/paddock/internal/core"
)

// App is one app in one environment, and where it runs there.
type App struct {
	Name        string
	Environment string // production if empty
	Target      core.Target
	Limits      core.Guardrails // zero means the organisation's default, Defaults
	Defaults    core.Guardrails
}

const (
	// PodSecurity is the version of the Pod Security Standards that is enforced.
	PodSecurity = "v1.37"
	// Pods is how many Pods an app may have: two, and one more while they are replaced.
	Pods = 3
	// Deployer is the account with which Paddock works in an app's namespace.
	Deployer = "paddock-deployer"
	// Account is the account of the app's own Pods.
	Account = "app"
)

var labelForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// NamespaceName returns the name of the app's namespace. Errors: Invalid.
func (a App) NamespaceName() (string, error) {
	name := core.NamespaceOf(a.Name, a.environment())
	for _, part := range []string{a.Name, a.environment(), name} {
		if !labelForm.MatchString(part) {
			return "", core.Errorf(core.Invalid, "%q cannot be part of a namespace's name.", part).
				Hinted("Use small letters, digits and dashes; app and environment have at most 53 together.")
		}
	}
	return name, nil
}

func (a App) environment() string {
	if a.Environment == "" {
		return "production"
	}
	return a.Environment
}

// labels are those of the namespace, and of everything in it.
func (a App) labels() map[string]string {
	return map[string]string{core.LabelManaged: "true", core.LabelApp: a.Name, core.LabelEnvironment: a.environment(),
		core.LabelRegion: a.Target.Region, core.LabelTarget: a.Target.Name}
}

// limits fills in what the app does not set. Errors: Invalid, if nobody sets it.
func (a App) limits() (core.Guardrails, error) {
	l := a.Limits
	for _, v := range []struct {
		to       *int
		fallback int
		name     string
	}{{&l.CPUMillis, a.Defaults.CPUMillis, "cpu_millis"}, {&l.MemoryMiB, a.Defaults.MemoryMiB, "memory_mib"}, {&l.StorageMiB, a.Defaults.StorageMiB, "storage_mib"}} {
		if *v.to == 0 {
			*v.to = v.fallback
		}
		if *v.to <= 0 {
			return l, core.Errorf(core.Invalid, "The app has no limit for %s.", v.name).Hinted("Set guardrails.%s in paddock.yaml.", v.name)
		}
	}
	return l, nil
}

// Namespace returns everything that an app's namespace needs before anything
// runs there, in the order in which it is applied. Errors: Invalid.
func Namespace(a App) ([]Object, error) {
	name, err := a.NamespaceName()
	if err != nil {
		return nil, err
	}
	l, err := a.limits()
	if err != nil {
		return nil, err
	}
	labels := a.labels()
	out := []Object{object("v1", "Namespace", "", name, guarded(labels), nil)}
	out = append(out, accounts(name, labels)...)
	out = append(out, quota(name, labels, l), limitRange(name, labels, l))
	return append(out, network(name, labels)...), nil
}

// guarded adds the labels of Pod Security.
func guarded(labels map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range labels {
		out[k] = v
	}
	for _, mode := range []string{"enforce", "audit", "warn"} {
		out["pod-security.kubernetes.io/"+mode] = "restricted"
		out["pod-security.kubernetes.io/"+mode+"-version"] = PodSecurity
	}
	return out
}

// quota holds the whole app to its limits.
func quota(namespace string, labels map[string]string, l core.Guardrails) Object {
	cpu, memory, storage := fmt.Sprintf("%dm", Pods*l.CPUMillis), fmt.Sprintf("%dMi", Pods*l.MemoryMiB), fmt.Sprintf("%dMi", l.StorageMiB)
	return object("v1", "ResourceQuota", namespace, "paddock", labels, Object{"spec": Object{"hard": map[string]string{
		"pods": fmt.Sprint(Pods), "requests.cpu": cpu, "limits.cpu": cpu, "requests.memory": memory, "limits.memory": memory,
		"requests.storage": storage, "persistentvolumeclaims": "1", "services": "2", "services.loadbalancers": "0", "services.nodeports": "0",
		"count/configmaps": "20", "count/secrets": "20", "count/jobs.batch": "10", "count/cronjobs.batch": "5", "count/deployments.apps": "5",
		"count/replicasets.apps": "50", "count/statefulsets.apps": "0", "count/ingresses.networking.k8s.io": "0",
	}}})
}

// limitRange holds each Pod to the limits. There are no defaults for CPU and
// memory: who states none is told so.
func limitRange(namespace string, labels map[string]string, l core.Guardrails) Object {
	storage := fmt.Sprintf("%dMi", l.StorageMiB)
	return object("v1", "LimitRange", namespace, "paddock", labels, Object{"spec": Object{"limits": []Object{
		{"type": "Pod", "max": map[string]string{"cpu": fmt.Sprintf("%dm", l.CPUMillis), "memory": fmt.Sprintf("%dMi", l.MemoryMiB)}},
		{"type": "Container", "max": map[string]string{"ephemeral-storage": storage}, "default": map[string]string{"ephemeral-storage": storage},
			"defaultRequest": map[string]string{"ephemeral-storage": storage}},
		{"type": "PersistentVolumeClaim", "max": map[string]string{"storage": storage}},
	}}})
}

// network closes the namespace, but for questions to the cluster's DNS.
func network(namespace string, labels map[string]string) []Object {
	everything := Object{}
	closed := Object{"podSelector": everything, "policyTypes": []string{"Ingress", "Egress"}}
	dns := Object{"podSelector": everything, "policyTypes": []string{"Egress"}, "egress": []Object{{
		"to": []Object{{"namespaceSelector": Object{"matchLabels": map[string]string{"kubernetes.io/metadata.name": "kube-system"}},
			"podSelector": Object{"matchLabels": map[string]string{"k8s-app": "kube-dns"}}}},
		"ports": []Object{{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}},
	}}}
	const version = "networking.k8s.io/v1"
	return []Object{
		object(version, "NetworkPolicy", namespace, "paddock-closed", labels, Object{"spec": closed}),
		object(version, "NetworkPolicy", namespace, "paddock-dns", labels, Object{"spec": dns}),
	}
}
