package admission_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
)

// Certificates are replaced while reviews come in on old and new connections: none
// fails, and new connections soon see the new certificate.
func TestCertificatesAreReloadedUnderLoad(t *testing.T) {
	tw := newTown(t)
	p := newPair(t)
	p.issue(t, "door", 100)
	url := tw.serve(p.files()) + "/admit/closed"
	ctx, stop := context.WithTimeout(tw.Ctx(), 20*time.Second)
	defer stop()
	var served, failed atomic.Int64
	var load sync.WaitGroup
	for i := range 4 {
		c := p.client(i%2 == 0)
		load.Go(func() {
			for range 15 {
				r, err := c.Post(url, "application/json", bytes.NewReader(recorded(t)))
				if err != nil {
					failed.Add(1)
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				r.Body.Close()
				served.Add(1)
			}
		})
	}
	done := make(chan struct{})
	go func() { load.Wait(); close(done) }()
	last := int64(104)
	for serial := int64(101); serial <= last; serial++ {
		select {
		case <-done:
		default:
			last = max(last, serial+1) // as long as there is load
		}
		p.issue(t, "next", serial) // as kubelet does: both at once, by name
		for _, end := range []string{".key", ".crt"} {
			if err := os.Rename(p.path("next"+end), p.path("door"+end)); err != nil {
				t.Fatal(err)
			}
		}
		for fresh := p.client(true); ; { // until a new connection sees it
			r, err := fresh.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if r.TLS.PeerCertificates[0].SerialNumber.Int64() == serial {
				break
			}
			if ctx.Err() != nil {
				t.Fatalf("certificate %d is never served", serial)
			}
		}
	}
	// Files that are broken change nothing.
	p.write(t, "door.crt", []byte("half a certif"))
	r, err := p.client(true).Get(url)
	if err != nil || r.TLS.PeerCertificates[0].SerialNumber.Int64() != last {
		t.Errorf("with a broken file: %v", err)
	}
	<-done
	if served.Load() != 60 || failed.Load() != 0 {
		t.Errorf("%d served, %d failed", served.Load(), failed.Load())
	}
}

func TestCallersNeedACertificateWhereACAIsSet(t *testing.T) {
	tw := newTown(t)
	p, other := newPair(t), newPair(t)
	p.issue(t, "door", 1)
	p.issue(t, "apiserver", 2)
	other.issue(t, "stranger", 3)
	files := p.files()
	files.ClientCA = p.path("ca.pem")
	url := tw.serve(files) + "/admit/closed"
	own := func(p *pair, name string) tls.Certificate {
		c, err := tls.LoadX509KeyPair(p.path(name+".crt"), p.path(name+".key"))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if a := ask(t, p.client(true, own(p, "apiserver")), url, recorded(t)); !a.Response.Allowed {
		t.Error(a.message())
	}
	for who, c := range map[string]*http.Client{"nobody": p.client(true), "a stranger": p.client(true, own(other, "stranger"))} {
		if r, err := c.Get(url); err == nil {
			t.Errorf("%s is answered with %s", who, r.Status)
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	tw := newTown(t)
	p := newPair(t)
	p.issue(t, "door", 1)
	p.issue(t, "other", 2)
	p.write(t, "empty.pem", nil)
	for what, x := range map[string]struct {
		files admission.Files
		code  core.Code
	}{
		"not there":   {admission.Files{Cert: p.path("none"), Key: p.path("door.key")}, core.Unreadable},
		"other's key": {admission.Files{Cert: p.path("door.crt"), Key: p.path("other.key")}, core.Invalid},
		"empty CA":    {admission.Files{Cert: p.path("door.crt"), Key: p.path("door.key"), ClientCA: p.path("empty.pem")}, core.Invalid},
	} {
		if _, err := admission.Listen(tw.Ctx(), "127.0.0.1:0", x.files, tw.door.Handler(), tw.Log); core.CodeOf(err) != x.code {
			t.Errorf("%s: %v", what, err)
		}
	}
}
