package admit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/admit"
)

const pod = `{"hostNetwork":true,"securityContext":{"runAsNonRoot":true},"volumes":[{"name":"t","emptyDir":{}},{"hostPath":{"path":"/etc"}}],
"initContainers":[{"name":"first","image":"a.example/x@sha256:1","resources":{"limits":{"cpu":"0.5","memory":"1Gi"}}},{"name":"side","image":"node","restartPolicy":"Always"}],
"containers":[{"name":"web","image":"a.example/x@sha256:1","ports":[{"containerPort":1},{"hostPort":80}],"securityContext":{"privileged":true,"runAsNonRoot":false,"capabilities":{"add":["NET_ADMIN"]}}}],
"ephemeralContainers":[{"name":"debug","image":"localhost/d:1","securityContext":{"allowPrivilegeEscalation":false}}]}`

// The same Pod is read alike from everything that makes Pods.
func TestWorkloadsOfAllKinds(t *testing.T) {
	template := `{"metadata":{"labels":{"a":"b"}},"spec":` + pod + `}`
	for kind, object := range map[string]string{
		"Pod": `{"metadata":{"name":"n","labels":{"a":"b"}},"spec":` + pod + `}`, "Deployment": `{"metadata":{"name":"n","labels":{"x":"y"}},"spec":{"template":` + template + `}}`,
		"CronJob": `{"metadata":{"name":"n"},"spec":{"jobTemplate":{"spec":{"template":` + template + `}}}}`, "PodTemplate": `{"metadata":{"name":"n"},"template":` + template + `}`,
	} {
		o, err := admit.Read([]byte(object))
		if err != nil {
			t.Fatal(err)
		}
		var w policy.Workload
		if err := o.Fill(&w); err != nil {
			t.Fatal(err)
		}
		if w.Name != "n" || w.Labels["a"] != "b" || !w.HostAccess.Network || w.HostAccess.PID || !slices.Equal(w.HostAccess.Paths, []string{"/etc"}) || len(w.Containers) != 4 {
			t.Fatalf("%s: %+v", kind, w)
		}
		first, side, web, debug := w.Containers[0], w.Containers[1], w.Containers[2], w.Containers[3]
		if !first.Init || first.CPUMillis != 500 || first.MemoryMiB != 1024 || first.MayBeRoot || !first.MayEscalate {
			t.Errorf("%s: %+v", kind, first)
		}
		if side.Init || !web.Privileged || !web.MayBeRoot || !slices.Equal(web.HostPorts, []int{80}) || !slices.Equal(web.CapabilityAdds, []string{"NET_ADMIN"}) || !debug.Ephemeral || debug.MayEscalate {
			t.Errorf("%s: %+v", kind, w.Containers[1:])
		}
		want := []policy.Image{{Image: "a.example/x@sha256:1", Registry: "a.example", Digest: "sha256:1"}, {Image: "node", Registry: "docker.io"}, {Image: "localhost/d:1", Registry: "localhost"}}
		if !slices.Equal(w.Images, want) {
			t.Errorf("%s: images %+v", kind, w.Images)
		}
	}
}

// Amounts are rounded up: a limit is never taken for smaller than it is.
func TestAmounts(t *testing.T) {
	for text, want := range map[string][2]int{
		`"500m"`: {500, 1}, `"1"`: {1000, 1}, `2`: {2000, 1}, `"0.1"`: {100, 1}, `"100u"`: {1, 1}, `"1n"`: {1, 1}, `"128Mi"`: {2147483647, 128}, `"1Gi"`: {2147483647, 1024},
		`"1500Ki"`: {1536000000, 2}, `"1e3Ki"`: {1024000000, 1}, `"1M"`: {1000000000, 1}, `"10E"`: {2147483647, 2147483647}, `"0"`: {0, 0}, `null`: {0, 0}, `"+1"`: {1000, 1},
	} {
		o, err := admit.Read([]byte(`{"spec":{"containers":[{"resources":{"limits":{"cpu":` + text + `,"memory":` + text + `}}}]}}`))
		var w policy.Workload
		if err == nil {
			err = o.Fill(&w)
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := [2]int{w.Containers[0].CPUMillis, w.Containers[0].MemoryMiB}; got != want {
			t.Errorf("%s is %d, want %d", text, got, want)
		}
	}
	for _, text := range []string{"-1", "1/2", "0x10", "1e999", "Mi", "1 Gi", "inf", "NaN", "1e-999999999", strings.Repeat("9", 40)} {
		o, err := admit.Read([]byte(`{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"` + text + `"}}}]}}`))
		if err == nil {
			err = o.Fill(new(policy.Workload))
		}
		if core.CodeOf(err) != core.Unreadable || core.AsError(err).Field != "web requests.cpu" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Promise 7: what is kept has no values of variables, wherever they stand.
func TestPlainObjectHasNoValues(t *testing.T) {
	got, err := admit.Plain([]byte(`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"s3cret","note":"stays"},"managedFields":[{"x":"s3cret"}]},
"spec":{"n":1.50,"none":null,"template":{"spec":{"containers":[{"env":[{"name":"A","value":"s3cret"},{"name":"B","valueFrom":{"x":1}}]}]}},"value":"stays"}}`))
	want := `{"metadata":{"annotations":{"note":"stays"}},"spec":{"n":1.50,"none":null,"template":{"spec":{"containers":[{"env":[{"name":"A","value":"[redacted]"},{"name":"B","valueFrom":{"x":1}}]}]}},"value":"stays"}}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := admit.Plain([]byte(`{"a":`)); core.CodeOf(err) != core.Unreadable {
		t.Error(err)
	}
}
