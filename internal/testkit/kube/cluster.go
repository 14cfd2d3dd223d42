package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Cluster is one running control plane.
type Cluster struct {
	dir, bin string
	url      string // https://127.0.0.1:PORT
	parts    []*Process
	admin    *Client

	mu          sync.Mutex
	resources   map[string][]resource // by group and version
	controllers *Process
	next        int
}

// shared is the control plane of this test process.
var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
}

// Start returns the control plane of this test process, and starts it at the
// first call, which takes some 4 seconds. It skips the test where the programs
// are not built.
func Start(t testing.TB) *Cluster {
	t.Helper()
	if _, err := binaries(); err != nil {
		t.Skipf("SKIPPED, NO KUBERNETES: %v", err)
	}
	shared.once.Do(func() { shared.cluster, shared.err = begin() })
	if shared.err != nil {
		t.Fatalf("no Kubernetes to test with: %v", shared.err)
	}
	return shared.cluster
}

// begin starts a control plane. A port that was free may be taken by the time
// it is used, so it tries three times.
func begin() (c *Cluster, err error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	for range 3 {
		if c, err = attempt(bin); err == nil {
			return c, nil
		}
	}
	return nil, err
}

func attempt(bin string) (*Cluster, error) {
	dir, err := os.MkdirTemp("", "paddock-kube-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, bin: bin, resources: map[string][]resource{}}
	if err = c.run(); err != nil {
		for _, p := range c.parts {
			p.Stop()
		}
		os.RemoveAll(dir)
		return nil, err
	}
	return c, nil
}

// run makes the certificates, starts etcd and the API server, and waits until
// that is ready.
func (c *Cluster) run() error {
	if err := c.certify(); err != nil {
		return err
	}
	var ports [3]string
	for i := range ports {
		var err error
		if ports[i], err = FreePort(); err != nil {
			return err
		}
	}
	client, peer, secure := "http://127.0.0.1:"+ports[0], "http://127.0.0.1:"+ports[1], ports[2]
	if err := c.part(c.dir, etcd, "--data-dir="+c.file("etcd"), "--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer, "--unsafe-no-fsync"); err != nil {
		return err
	}
	if err := c.part("", apiServer, "--etcd-servers="+client, "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--secure-port="+secure,
		"--tls-cert-file="+c.file("server.crt"), "--tls-private-key-file="+c.file("server.key"), "--client-ca-file="+c.file("ca.crt"),
		"--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24", "--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+c.file("ca.key"), "--service-account-signing-key-file="+c.file("ca.key"),
		"--allow-privileged=true", "--endpoint-reconciler-type=none"); err != nil {
		return err
	}
	c.url = "https://127.0.0.1:" + secure
	var err error
	if c.admin, err = c.certified("admin"); err != nil {
		return err
	}
	return c.ready()
}

// certify writes the certificates and keys of the control plane.
func (c *Cluster) certify() error {
	a, err := newAuthority(c.dir)
	if err != nil {
		return err
	}
	return errors.Join(a.server(), a.client("admin", "admin", "system:masters"), a.client(controller, "system:kube-controller-manager", "system:masters"))
}

func (c *Cluster) file(name string) string { return filepath.Join(c.dir, name) }

func (c *Cluster) part(remove, program string, args ...string) error {
	p, err := Run(c.dir, remove, filepath.Join(c.bin, program), nil, args...)
	if err == nil {
		c.parts = append(c.parts, p)
	}
	return err
}

// ready waits until the API server answers that it is ready.
func (c *Cluster) ready() error {
	return c.until(c.parts, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/readyz", nil)
		if err != nil {
			return err
		}
		res, err := c.admin.http.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			b, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
			return fmt.Errorf("it is not ready: %s", b)
		}
		return nil
	})
}

// until asks again and again until there is no error, a part has ended, or a
// minute is over.
func (c *Cluster) until(parts []*Process, ask func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		for _, p := range parts {
			select {
			case <-p.done:
				return fmt.Errorf("%w; %s", err, p.Said())
			default:
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; %s", err, parts[len(parts)-1].Said())
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// certified returns a client that shows the certificate of that name.
func (c *Cluster) certified(name string) (*Client, error) {
	pair, err := tls.LoadX509KeyPair(c.file(name+".crt"), c.file(name+".key"))
	if err != nil {
		return nil, err
	}
	config, err := c.trust()
	if err != nil {
		return nil, err
	}
	config.Certificates = []tls.Certificate{pair}
	return &Client{cluster: c, http: &http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: time.Minute}}, nil
}

// trust returns a configuration that believes the cluster's own authority.
func (c *Cluster) trust() (*tls.Config, error) {
	ca, err := os.ReadFile(c.file("ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// URL returns the address of the API server.
func (c *Cluster) URL() string { return c.url }
