package admission

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/kube"
	"github.com/paddock-dev/paddock/internal/testkit/kube/gatekeeper"
)

const (
	each   = 2 * time.Second // of one measurement
	rounds = 3               // of which the best counts: the machine is shared
)

// peer is one server under load.
type peer struct {
	name string
	load load
	best map[int]result // by connections
}

func BenchmarkAdmission(b *testing.B) {
	g := testkit.New(b)
	g.NewApp("tracker", g.Somebody("maker@example.org", core.RoleMaker))
	(&kube.Cluster{}).Serving(b, g.Dir)
	body := review(b)
	plainAsk := load{path: "/", body: body, says: `"allowed":true`}
	door := load{path: "/admit/closed", body: body, says: `"allowed":true`}
	peers := []*peer{{name: "Paddock", load: started(b, g.Dir, "paddock", door)}, {name: "plain Go", load: started(b, g.Dir, "plain", plainAsk)},
		{name: "OPA library", load: started(b, g.Dir, "library", plainAsk)}}
	if o, ok := opa(b, g.Dir, body); ok {
		peers = append(peers, &peer{name: "opa run --server", load: o})
	}
	if k, ok := keeper(b, body); ok {
		peers = append(peers, &peer{name: "Gatekeeper", load: k})
	}
	mixed := *peers[0]
	mixed.name, mixed.load.mark = "Paddock, half unseen", []byte("registry.example.eu/tracker/web@sha256:")
	library := *peers[2]
	library.name, library.load.mark = "OPA library, half unseen", mixed.load.mark
	shown := append(peers[:len(peers):len(peers)], &mixed, &library)
	var count atomic.Int64
	for range rounds {
		for _, p := range shown {
			for _, n := range []int{1, 16} {
				r := p.load.run(b, n, each, &count)
				if p.best == nil {
					p.best = map[int]result{}
				}
				if r.rate > p.best[n].rate {
					p.best[n] = r
				}
			}
		}
	}
	for _, p := range shown {
		for _, n := range []int{1, 16} {
			r := p.best[n]
			fmt.Printf("%-26s %2d connections %8.0f req/s  p50 %7.2f ms  p99 %7.2f ms\n", p.name, n, r.rate, ms(r.p50), ms(r.p99))
		}
	}
	least := map[string]float64{"plain Go": 0.6, "OPA library": 2, "opa run --server": 2, "Gatekeeper": 5}
	for _, p := range peers[1:] {
		for _, n := range []int{1, 16} {
			atLeast(fmt.Sprintf("Paddock against %s, %d connections", p.name, n), peers[0].best[n].rate/p.best[n].rate, least[p.name])
		}
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// atLeast prints one line. The ratio is over 1 where the limit is missed.
func atLeast(what string, value, limit float64) {
	verdict := "ok"
	if value < limit {
		verdict = "MISSED"
	}
	fmt.Printf("%-46s %6.2f x >= %5.2f x  ratio %.2f  %s\n", what, value, limit, limit/value, verdict)
}

// started runs one of our own servers in a process of its own.
func started(b *testing.B, dir, name string, l load) load {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	l.address = address(b)
	return running(b, dir, l, self, []string{"PADDOCK_BENCH_PEER=" + name, "PADDOCK_BENCH_DIR=" + dir, "PADDOCK_BENCH_ADDRESS=" + l.address})
}

// running starts a program and waits until it answers on the load's address.
func running(b *testing.B, dir string, l load, program string, env []string, args ...string) load {
	p, err := kube.Run(b.TempDir(), "", program, env, args...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.Stop)
	ctx, stop := context.WithTimeout(b.Context(), time.Minute)
	defer stop()
	tick := time.NewTicker(20 * time.Millisecond) // another's program gives no signal but its answer
	defer tick.Stop()
	for {
		c, err := tls.Dial("tcp", l.address, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // both ends are this benchmark
		if err == nil {
			c.Close()
			return l
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.Fatalf("%s does not answer: %v\n%s", program, err, p.Said())
		}
	}
}

func address(b *testing.B) string {
	port, err := kube.FreePort()
	if err != nil {
		b.Fatal(err)
	}
	return "127.0.0.1:" + port
}

// opa runs a stock OPA server.
func opa(b *testing.B, dir string, body []byte) (load, bool) {
	cache, err := os.UserCacheDir()
	if err != nil {
		b.Fatal(err)
	}
	program := filepath.Join(cache, "paddock", "opa-v1.22.2")
	if _, err := os.Stat(program); err != nil {
		fmt.Println("OPA IS NOT MEASURED: run make opa, which builds it once")
		return load{}, false
	}
	if err := os.WriteFile(filepath.Join(dir, "bench.rego"), []byte(plainRego), 0o600); err != nil {
		b.Fatal(err)
	}
	l := load{address: address(b), path: "/v1/data/bench/deny", body: fmt.Appendf(nil, `{"input":%s}`, body), says: `"result":[]`}
	return running(b, dir, l, program, nil, "run", "--server", "--addr", l.address, "--tls-cert-file", filepath.Join(dir, "tls.crt"), "--tls-private-key-file", filepath.Join(dir, "tls.key"),
		"--log-level", "error", "--skip-version-check", filepath.Join(dir, "bench.rego")), true
}

const template = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: benchimages}
spec:
  crd: {spec: {names: {kind: BenchImages}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      code:
        - engine: Rego
          source:
            version: v1
            rego: |
              package benchimages
              violation contains {"msg": sprintf("The image %s is not from an approved place.", [image])} if {
                some image in images
                not good(image)
              }
              images contains c.image if some c in input.review.object.spec.containers
              images contains c.image if some c in input.review.object.spec.initContainers
              good(image) if startswith(image, "registry.example.eu/")
              good(image) if startswith(image, "registry.example.org/")
`

const constraint = `
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: BenchImages
metadata: {name: bench}
spec: {match: {kinds: [{apiGroups: [""], kinds: [Pod]}]}}
`

// keeper runs a real Gatekeeper beside a real API server, and asks it as that does.
func keeper(b *testing.B, body []byte) (load, bool) {
	dir, err := kube.Built("gatekeeper")
	if err != nil {
		b.Fatal(err)
	}
	cluster, err := kube.Built("kubernetes")
	if err != nil {
		b.Fatal(err)
	}
	for _, need := range []string{filepath.Join(dir, "gatekeeper"), filepath.Join(cluster, "kube-apiserver")} {
		if _, err := os.Stat(need); err != nil {
			fmt.Println("GATEKEEPER IS NOT MEASURED: run make kubernetes gatekeeper, which build it once")
			return load{}, false
		}
	}
	c := kube.Start(b)
	namespace := core.NamespaceOf("tracker", "production")
	c.ApplyAll(b, kube.Object{"apiVersion": "v1", "kind": "Namespace", "metadata": kube.Object{"name": namespace}})
	gatekeeper.Start(b, c)
	c.ApplyAll(b, kube.Decode(b, []byte(template))...)
	c.Know(b, "constraints.gatekeeper.sh/v1beta1", "BenchImages")
	c.ApplyAll(b, kube.Decode(b, []byte(constraint))...)
	config := c.Admin().Get(b, kube.Object{"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": kube.Object{"name": "gatekeeper"}})
	hook := config.Object["webhooks"].([]any)[0].(kube.Object)["clientConfig"].(kube.Object)["url"].(string)
	u, err := url.Parse(hook)
	if err != nil {
		b.Fatal(err)
	}
	l := load{address: u.Host, path: u.Path, body: body, says: `"allowed":true`}
	bad := l // the rule is in force when it refuses a bad image of the initial container
	bad.body, bad.says = bytes.ReplaceAll(body, []byte("registry.example.eu/tracker/migrate"), []byte("elsewhere.example.com/track/migrate")), "elsewhere.example.com"
	var count atomic.Int64
	c.Await(b, "Gatekeeper's rule", func() bool {
		_, err := bad.one(time.Now().Add(10*time.Millisecond), &count)
		return err == nil
	})
	return l, true
}
