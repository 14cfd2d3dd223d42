package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// decisionLimit is how long the evidence of a deploy decision may take, with a
// warm trusted root and without the network.
const decisionLimit = 50 * time.Millisecond

// BenchmarkDecision measures what a deploy decision does with evidence: all bytes
// of the artifact and its proofs, which has the limit, and the signed summary,
// which is as slow as the disk and so is held against a bare durable write.
func BenchmarkDecision(b *testing.B) {
	a := newAbroad(b)
	if err := a.v.Attach(b.Context(), a.store, a.digest, a.says(a.digest, PredicateSBOM, string(sbom)), a.provenance(a.digest)); err != nil {
		b.Fatal(err)
	}
	own := a.build(b, request()).Digest
	for name, digest := range map[string]string{"own": own, "outside": a.digest} {
		b.Run(name, func(b *testing.B) {
			var reading, signing, bare []time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				e, err := a.v.Verify(b.Context(), a.store, digest)
				if err != nil {
					b.Fatal(err)
				}
				read := time.Now()
				j := Judgement{Verifier: "https://paddock.dev/v", Resource: fmt.Sprint("app:tracker/target:", i), PolicyDigest: digestOf(nil), Passed: true, Inputs: []string{e.ProvenanceDigest}, At: a.clock.now}
				if _, err := Summary(b.Context(), a.store, a.ring, digest, j); err != nil {
					b.Fatal(err)
				}
				signed := time.Now()
				durable(b, a.dir)
				reading, signing, bare = append(reading, read.Sub(start)), append(signing, signed.Sub(read)), append(bare, time.Since(signed))
			}
			b.ReportMetric(ms(half(reading)), "evidence-ms")
			b.ReportMetric(ms(half(signing)), "summary-ms")
			b.ReportMetric(ms(half(bare)), "bare-write-ms")
			b.ReportMetric(float64(half(reading))/float64(decisionLimit), "of-limit")
			b.ReportMetric(float64(half(signing))/float64(half(bare)), "summary/bare-write")
			if half(reading) > decisionLimit {
				b.Errorf("half of the decisions read evidence for longer than %v", decisionLimit)
			}
		})
	}
}

// durable writes one small file as the registry does: file, sync, rename, sync of
// the folder. A summary is four such files on the same disk.
func durable(b *testing.B, dir string) {
	b.Helper()
	f, err := os.CreateTemp(dir, ".bare-*")
	if err == nil {
		_, err = f.WriteString("x")
	}
	if err := errors.Join(err, f.Sync(), f.Close(), os.Rename(f.Name(), filepath.Join(dir, "bare"))); err != nil {
		b.Fatal(err)
	}
	d, err := os.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		b.Fatal(err)
	}
}

func half(all []time.Duration) time.Duration {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
