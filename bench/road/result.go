package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// result is one measurement held against its limit.
type result struct {
	Name    string
	Unit    string    // s or MB
	What    string    // the number that counts: p95, max, once
	Samples []float64 // as measured, in the order they were taken
	Limit   float64
}

// seconds makes a result from durations.
func seconds(name, what string, limit time.Duration, took []time.Duration) result {
	r := result{Name: name, Unit: "s", What: what, Limit: limit.Seconds()}
	for _, d := range took {
		r.Samples = append(r.Samples, d.Seconds())
	}
	return r
}

// Value is the number that counts.
func (r result) Value() float64 {
	if r.What == "p95" {
		return percentile(r.Samples, 95)
	}
	return slices.Max(r.Samples)
}

// Ratio is the number that counts divided by the limit.
func (r result) Ratio() float64 { return r.Value() / r.Limit }

// String writes the result as one line of a table.
func (r result) String() string {
	verdict := "ok"
	if r.Ratio() > 1 {
		verdict = "TOO MUCH"
	}
	return fmt.Sprintf("%-42s %4s of %3d  %8.3f %-2s  (median %.3f)  limit %6.1f %-2s  ratio %.2f  %s",
		r.Name, r.What, len(r.Samples), r.Value(), r.Unit, percentile(r.Samples, 50), r.Limit, r.Unit, r.Ratio(), verdict)
}

// line is a result as JSON.
type line struct {
	Name   string  `json:"name"`
	What   string  `json:"what"`
	Runs   int     `json:"runs"`
	Value  float64 `json:"value"`
	Median float64 `json:"median"`
	Unit   string  `json:"unit"`
	Limit  float64 `json:"limit"`
	Ratio  float64 `json:"ratio"`
	OK     bool    `json:"ok"`
}

func (r result) line() line {
	return line{r.Name, r.What, len(r.Samples), r.Value(), percentile(r.Samples, 50), r.Unit, r.Limit, r.Ratio(), r.Ratio() <= 1}
}

// percentile returns the smallest sample that at least p percent of all samples
// do not exceed (nearest rank).
func percentile(samples []float64, p float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}
