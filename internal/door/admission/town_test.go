package admission_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/life/admit"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// town is a door on the real store, gate and starter policies, with one app.
type town struct {
	*testkit.Ground
	t     *testing.T
	app   core.App
	rules atomic.Pointer[catalog.Revision]
	gates *gate.Admissions
	door  *admission.Door
	store *ailing
	next  int
}

// Current implements the catalog.
func (tw *town) Current() *catalog.Revision { return tw.rules.Load() }

// ailing is the store, which can be made to fail.
type ailing struct {
	*testkit.Ground
	down atomic.Bool
}

// InTx implements gate.Decisions.
func (a *ailing) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if a.down.Load() {
		return core.Errorf(core.Unavailable, "The database is gone.")
	}
	return a.Ground.InTx(ctx, fn)
}

func newTown(t *testing.T, settings ...string) *town {
	g := testkit.New(t)
	tw := &town{Ground: g, t: t, store: &ailing{Ground: g}}
	tw.app = g.NewApp("tracker", g.Somebody("maker@example.org", core.RoleMaker))
	tw.govern(settings...)
	tw.gates = &gate.Admissions{Repeats: g.DB, Gates: &gate.Gates{Store: tw.store, Audit: g.Audit, Clock: g.Clock, IDs: g.IDs}}
	tw.door = &admission.Door{Log: g.Log, Own: "paddock", Gate: &admit.Service{Store: g.DB, Namespaces: admit.ByName{}, Catalog: tw, Gate: tw.gates, Clock: g.Clock}}
	return tw
}

// govern puts the starter's rules in force, with further settings.
func (tw *town) govern(settings ...string) {
	tree := fstest.MapFS{}
	tw.Must(fs.WalkDir(governance.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(governance.FS(), path)
		tree[path] = &fstest.MapFile{Data: b}
		return err
	}))
	tree["paddock.yaml"].Data = append(tree["paddock.yaml"].Data, "\n"+strings.Join(settings, "\n")+"\n"...)
	rev, err := catalog.Load(tw.Ctx(), tree, "test")
	if err != nil {
		tw.t.Fatal(catalog.FormatErrors(err))
	}
	tw.rules.Store(rev)
}

// pair is a CA, and files with what it issued.
type pair struct {
	dir  string
	ca   []byte
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newPair(t *testing.T) *pair {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{dir: t.TempDir(), cert: c, key: key, ca: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	p.write(t, "ca.pem", p.ca)
	return p
}

// issue writes NAME.crt and NAME.key with a serial number.
func (p *pair) issue(t *testing.T, name string, serial int64) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, c, p.cert, &key.PublicKey, p.key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	p.write(t, name+".crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func (p *pair) path(name string) string { return filepath.Join(p.dir, name) }

func (p *pair) write(t *testing.T, name string, b []byte) {
	if err := os.WriteFile(p.path(name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *pair) files() admission.Files {
	return admission.Files{Cert: p.path("door.crt"), Key: p.path("door.key")}
}

// client trusts the CA, and makes a new connection for each request if fresh.
func (p *pair) client(fresh bool, own ...tls.Certificate) *http.Client {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(p.ca)
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: fresh, TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: own}}}
}

// serve starts the door on a port of its own.
func (tw *town) serve(files admission.Files) (url string) {
	url, _ = tw.serveUntil(files)
	return url
}

// serveUntil is serve, with a way to stop it before the test ends.
func (tw *town) serveUntil(files admission.Files) (url string, halt func()) {
	s, err := admission.Listen(tw.Ctx(), "127.0.0.1:0", files, tw.door.Handler(), tw.Log)
	tw.Must(err)
	ctx, stop := context.WithCancel(tw.Ctx())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	halt = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			tw.t.Error(err)
		}
	})
	tw.t.Cleanup(halt)
	return "https://" + s.Address(), halt
}

// said is what an API server reads of an answer.
type said struct {
	Kind     string
	Response struct {
		UID              string
		Allowed          bool
		Status           struct{ Code, Reason, Message any }
		Warnings         []string
		AuditAnnotations map[string]string
	}
}

func (s said) message() string { text, _ := s.Response.Status.Message.(string); return text }

// ask sends a review and reads the answer.
func ask(t *testing.T, c *http.Client, url string, body []byte) said {
	t.Helper()
	status, b := post(t, c, url, body)
	var out said
	if status != http.StatusOK || json.Unmarshal(b, &out) != nil || out.Kind != "AdmissionReview" {
		t.Fatalf("HTTP %d: %s", status, b)
	}
	return out
}

func post(t *testing.T, c *http.Client, url string, body []byte) (int, []byte) {
	t.Helper()
	r, err := c.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, b
}

// recorded is a review of a good Pod as an API server writes it.
func recorded(t testing.TB) []byte {
	b, err := os.ReadFile("testdata/review.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// with changes texts of the good review.
func with(t testing.TB, pairs ...string) []byte {
	text := string(recorded(t))
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the review has no %q", pairs[i])
		}
	}
	return []byte(strings.NewReplacer(pairs...).Replace(text))
}
