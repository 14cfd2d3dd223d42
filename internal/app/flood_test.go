package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Where anybody may show a token, an address that asks too often is told to wait.
func TestPipelinesAreBounded(t *testing.T) {
	h := openHouse(t)
	for _, path := range []string{"/oauth/token", "/api/v1/pipelines"} {
		last := 0
		for range 130 {
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8420"+path, strings.NewReader("{}"))
			r.RemoteAddr = "127.0.0.1:1"
			rec := httptest.NewRecorder()
			h.router.ServeHTTP(rec, r)
			if last = rec.Code; last == http.StatusTooManyRequests {
				if rec.Header().Get("Retry-After") == "" || !strings.Contains(rec.Body.String(), "too many tries") {
					t.Errorf("%s: %v %s", path, rec.Header(), rec.Body)
				}
				break
			}
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("%s: 130 at once, and the last was answered %d", path, last)
		}
	}
}
