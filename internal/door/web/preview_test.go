package web_test

import (
	"flag"
	"net"
	"net/http"
	"os"
	"os/signal"
	"testing"
)

var previewAt = flag.String("preview", "", "address to show the pages at, with fixtures, until interrupted")

// TestPreviewServer shows the pages to people and to web/shots.mjs:
//
//	go test ./internal/door/web -run TestPreviewServer -timeout 0 -preview 127.0.0.1:8099
//
// The sign-in link is http://127.0.0.1:8099/sign-in?token=good.
func TestPreviewServer(t *testing.T) {
	if *previewAt == "" {
		t.Skip("needs -preview ADDRESS")
	}
	l, err := net.Listen("tcp", *previewAt)
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	srv := &http.Server{Handler: handler(t, richDesk(), true, anna())}
	go func() {
		<-stop
		_ = srv.Close()
	}()
	if err := srv.Serve(l); err != http.ErrServerClosed {
		t.Fatal(err)
	}
}
