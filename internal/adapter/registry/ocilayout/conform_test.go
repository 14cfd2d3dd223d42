package ocilayout

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/testkit/registry"
)

func TestConforms(t *testing.T) { registry.Conform(t, open(t, t.TempDir())) }

// A tag lives on after a restart.
func TestTagsLast(t *testing.T) {
	s := open(t, t.TempDir())
	a := push(t, s, "a", "")
	if err := s.Tag(t.Context(), "x.main", a); err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, s.dir).Resolve(t.Context(), "x.main"); err != nil || got != a {
		t.Errorf("%s, %v", got, err)
	}
}
