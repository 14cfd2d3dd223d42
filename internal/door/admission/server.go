package admission

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// grace is how long reviews under way may take at the end.
const grace = 5 * time.Second

// Server serves the door on a TLS listener of its own.
type Server struct {
	listener net.Listener
	http     *http.Server
}

// Listen opens the listener, so that a port that is taken, or a certificate that
// is none, is known before anything else starts. Errors: Unavailable, Unreadable,
// Invalid.
func Listen(ctx context.Context, address string, files Files, handler http.Handler, log *slog.Logger) (*Server, error) {
	certs, err := openCertificates(files, log)
	if err != nil {
		return nil, err
	}
	plain, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, core.Errorf(core.Unavailable, "Paddock cannot listen on %s: %w.", address, err).Hinted("Is another server running there? Choose another address with --admission-listen.")
	}
	return &Server{listener: tls.NewListener(plain, certs.TLS()), http: &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: longest + 5*time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}}, nil
}

// Address is where the server listens.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Close gives the port up without having served.
func (s *Server) Close() error { return s.listener.Close() }

// Serve answers until ctx ends, and lets reviews under way finish.
func (s *Server) Serve(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(s.listener) }()
	select {
	case err := <-ended:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return core.Hidden("Serving admissions", err)
	case <-ctx.Done():
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := s.http.Shutdown(bounded); err != nil {
		_ = s.http.Close()
	}
	<-ended
	return nil
}
