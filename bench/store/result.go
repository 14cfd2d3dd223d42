package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"syscall"
	"time"
)

// result is one measurement held against its limit.
type result struct {
	Engine  string
	Name    string
	Apps    int
	Unit    string
	Limit   float64 // 0 for none
	Field   string  // what others have published
	Samples []float64
	// Processor is the processor time of one ask, server and client together, in
	// milliseconds: what the machine's other work does not blur.
	Processor float64
}

func (r result) ratio() float64 {
	if r.Limit == 0 {
		return 0
	}
	return percentile(r.Samples, 95) / r.Limit
}

func (r result) print(out io.Writer, asJSON bool) {
	p50, p95 := percentile(r.Samples, 50), percentile(r.Samples, 95)
	if asJSON {
		b, err := json.Marshal(map[string]any{"engine": r.Engine, "name": r.Name, "apps": r.Apps, "runs": len(r.Samples), "p50": p50, "p95": p95, "unit": r.Unit,
			"processor": r.Processor, "limit": r.Limit, "ratio": r.ratio(), "published": r.Field, "ok": r.ratio() <= 1})
		if err == nil {
			fmt.Fprintln(out, string(b))
		}
		return
	}
	verdict := "no limit"
	if r.Limit > 0 {
		verdict = fmt.Sprintf("limit %5.0f %-2s ratio %.2f", r.Limit, r.Unit, r.ratio())
		if r.ratio() > 1 {
			verdict += "  TOO MUCH"
		}
	}
	fmt.Fprintf(out, "%-8s %6d apps  %-28s %4d asks  p50 %8.2f  p95 %8.2f %-2s  processor %6.2f ms  %s  %s\n", r.Engine, r.Apps, r.Name, len(r.Samples), p50, p95, r.Unit, r.Processor, verdict, r.Field)
}

// percentile returns the smallest sample that at least p percent of all samples
// do not exceed (nearest rank).
func percentile(samples []float64, p float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}

// processor is the processor time that this process has taken.
func processor() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}
