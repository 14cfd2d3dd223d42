package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/kube"
)

// The server's own door, as its configuration opens it, decides by the rules in
// force and keeps what it decides; what it counted is kept at its end.
func TestServerAnswersKubernetes(t *testing.T) {
	dir := t.TempDir()
	ca := (&kube.Cluster{}).Serving(t, dir)
	c := cli.Config{Data: testkit.Folder(t), Listen: "127.0.0.1:8420", AppDomain: "apps.localhost", Admin: "admin@example.org", LogLevel: "error",
		Admission: cli.Admission{AdmissionListen: "127.0.0.1:0", AdmissionCert: dir + "/tls.crt", AdmissionKey: dir + "/tls.key", AdmissionNamespace: "paddock"}}
	h, err := open(t.Context(), c, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.close(context.WithoutCancel(t.Context())) })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.admit(ctx) }()
	review, err := os.ReadFile("../door/admission/testdata/review.json")
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	for range 40 { // more than are kept one by one
		r, err := client.Post("https://"+h.admission.Address()+"/admit/closed?timeout=10s", "application/json", bytes.NewReader(review))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if !strings.Contains(string(b), "belongs to no app") {
			t.Fatalf("%s: %s", r.Status, b)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	kept, err := h.store.Decisions(t.Context(), "")
	if err != nil || len(kept) == 0 || len(kept) > 31*2 { // a minute may have ended in between
		t.Fatalf("%d decisions, %v", len(kept), err)
	}
	var counted int64
	for _, d := range kept {
		n, _, err := h.store.Repeats(t.Context(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		counted += n
	}
	if int64(len(kept))+counted != 40 {
		t.Errorf("%d decisions are kept and %d counted, of 40", len(kept), counted)
	}
}
