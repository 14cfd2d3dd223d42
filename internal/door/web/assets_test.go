package web_test

import (
	"strings"
	"testing"
)

func TestAssetsHaveHashedNamesAndLongCaching(t *testing.T) {
	s := visit(t, richDesk())
	page := s.get("/")
	paths := []string{}
	for _, n := range all(page.doc, tagged("link")) {
		paths = append(paths, attr(n, "href"))
	}
	for _, n := range all(page.doc, tagged("script")) {
		paths = append(paths, attr(n, "src"))
	}
	if len(paths) != 5 {
		t.Fatalf("%d assets: %v", len(paths), paths)
	}
	for _, path := range paths {
		a := s.get(path)
		if a.status != 200 || !strings.Contains(a.header.Get("Cache-Control"), "immutable") || len(a.body) < 100 {
			t.Errorf("%s: status %d, %q, %d bytes", path, a.status, a.header.Get("Cache-Control"), len(a.body))
		}
	}
	for _, path := range []string{"/assets/paddock.css", "/assets/paddock.000000000000.css", "/assets/..%2fweb.go"} {
		if a := s.get(path); a.status != 404 {
			t.Errorf("%s: status %d, want 404", path, a.status)
		}
	}
}
