package main

import (
	"strings"
	"testing"
	"time"
)

// TestPercentile holds the nearest-rank rule on samples whose answer is known.
func TestPercentile(t *testing.T) {
	var twenty []float64
	for i := 20; i > 0; i-- {
		twenty = append(twenty, float64(i))
	}
	for _, c := range []struct {
		samples []float64
		p, want float64
	}{{twenty, 95, 19}, {twenty, 50, 10}, {twenty, 100, 20}, {twenty, 0, 1}, {[]float64{3}, 95, 3}, {[]float64{2, 1}, 50, 1}} {
		if got := percentile(c.samples, c.p); got != c.want {
			t.Errorf("percentile %v of %v is %v, want %v", c.p, c.samples, got, c.want)
		}
	}
}

// TestPrint shows that one number over its limit fails the whole bench.
func TestPrint(t *testing.T) {
	within := seconds("within", "p95", time.Second, []time.Duration{100 * time.Millisecond, 500 * time.Millisecond})
	over := result{Name: "over", Unit: "MB", What: "max", Samples: []float64{100, 130}, Limit: 120}
	var out strings.Builder
	if !print(&out, []result{within}, false) || !strings.Contains(out.String(), "ratio 0.50  ok") {
		t.Errorf("within its limit: %s", out.String())
	}
	out.Reset()
	if print(&out, []result{within, over}, true) || !strings.Contains(out.String(), `"value":130,"median":100,"unit":"MB","limit":120`) {
		t.Errorf("over its limit: %s", out.String())
	}
}
