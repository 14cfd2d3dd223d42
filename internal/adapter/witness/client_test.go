package witness

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestPost(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/long":
			_, _ = w.Write([]byte(strings.Repeat("x", 2*most)))
		case "/away":
			http.Redirect(w, r, "/long", http.StatusTemporaryRedirect)
		case "/slow":
			<-r.Context().Done()
		default:
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte("7\n"))
		}
	}))
	defer s.Close()
	c := New()
	status, media, body, err := c.Post(t.Context(), s.URL+"/add-checkpoint", "old 0\n")
	if status != http.StatusConflict || media != "text/x.tlog.size" || body != "7\n" || err != nil {
		t.Error(status, media, body, err)
	}
	if _, _, body, err := c.Post(t.Context(), s.URL+"/long", ""); len(body) != most || err != nil {
		t.Error(len(body), err)
	}
	if status, _, _, err := c.Post(t.Context(), s.URL+"/away", ""); status != http.StatusTemporaryRedirect || err != nil {
		t.Error("followed a redirect:", status, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := c.Post(ctx, s.URL+"/slow", ""); core.CodeOf(err) != core.Unavailable || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.Close()
	if _, _, _, err := c.Post(t.Context(), s.URL, ""); core.CodeOf(err) != core.Unavailable {
		t.Error(err)
	}
}
