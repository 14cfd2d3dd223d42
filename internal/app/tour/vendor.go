package tour

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// vendor stands for a third party: it answers on this machine only, and
// remembers the credentials that arrived.
type vendor struct {
	server *http.Server
	port   string
	mu     sync.Mutex
	seen   []string // Authorization headers
}

func newVendor(ctx context.Context) (*vendor, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, core.Hidden("Starting the vendor", err)
	}
	v := &vendor{}
	_, v.port, _ = net.SplitHostPort(l.Addr().String())
	v.server = &http.Server{Handler: http.HandlerFunc(v.answer), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = v.server.Serve(l) }()
	return v, nil
}

// answer looks a person up, and echoes what it was given, as careless vendors do.
func (v *vendor) answer(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	v.seen = append(v.seen, r.Header.Get("Authorization"))
	v.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Echo", r.Header.Get("Authorization"))
	_ = json.NewEncoder(w).Encode(map[string]string{"headline": "Engineer at Example Works", "email": r.URL.Query().Get("email")})
}

// credentials returns what has arrived so far.
func (v *vendor) credentials() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]string(nil), v.seen...)
}

func (v *vendor) close() { _ = v.server.Close() }
