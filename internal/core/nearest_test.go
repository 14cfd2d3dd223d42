package core

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"classification", "allowed_regions", "runtime", "region", "owner"}
	for _, c := range []struct{ in, want string }{
		{"clasification", "classification"},
		{"alowed_region", "allowed_regions"},
		{"regoin", "region"},
		{"onwer", "owner"},
		{"colour", ""},
		{"", ""},
	} {
		if got := Nearest(c.in, words); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := DidYouMean("onwer", words); got != `Did you mean "owner"?` {
		t.Errorf("DidYouMean = %q", got)
	}
	if got := DidYouMean("zzz", words); got != "" {
		t.Errorf("DidYouMean = %q, want nothing", got)
	}
}
