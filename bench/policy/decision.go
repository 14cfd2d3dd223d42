package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// inputs are what a gate is asked about the first n apps of a fleet.
func inputs(rev *catalog.Revision, gate core.Gate, n int) ([][]byte, error) {
	f := newFleet(n)
	var out [][]byte
	for i := range n {
		d := f.descriptor(i)
		in := rev.Input(core.Person{Email: d.Owner, Roles: []core.Role{core.RoleMaker}}, nil, d)
		in.Gate, in.Now = gate, "2026-11-29T12:00:00Z"
		in.Report = policy.PassingReport(fmt.Sprint("commit", i), in.Template.RequiredScans)
		doc, _, err := in.Canonical()
		if err != nil {
			return nil, err
		}
		out = append(out, doc)
	}
	return out, nil
}

// decision measures one answer: to apps that were not met before, and to one
// that was.
func (b *bench) decision(ctx context.Context) error {
	rev, err := revision(ctx, "")
	if err != nil {
		return err
	}
	docs, err := inputs(rev, core.GateChangeMerge, 6000)
	if err != nil {
		return err
	}
	ask := func(doc []byte) error {
		_, err := rev.Policy.Answer(ctx, core.GateChangeMerge, doc)
		return err
	}
	for _, doc := range docs[:1000] { // a server has met some apps
		if err := ask(doc); err != nil {
			return err
		}
	}
	met, err := times(docs[1000:], ask)
	if err != nil {
		return err
	}
	fmt.Printf("one decision of change.merge on an input of %d bytes\n", len(docs[0]))
	b.atMost("an app that was not met before, p50", us(met, 50), 100, "us")
	b.atMost("an app that was not met before, p99", us(met, 99), 500, "us")
	again := slices.Repeat(docs[:1], 5000)
	seen, err := times(again, ask)
	if err != nil {
		return err
	}
	b.atMost("an app that was met before, p50", us(seen, 50), 20, "us")
	alone, err := newNaive(ctx, rev, core.GateChangeMerge)
	if err != nil {
		return err
	}
	library, err := times(docs[1000:3000], func(doc []byte) error { return alone.ask(ctx, doc) })
	if err != nil {
		return err
	}
	fmt.Printf("OPA's library alone: p50 %.0f us, p99 %.0f us; %.1fx of ours for a new app, %.0fx for a known one\n", us(library, 50), us(library, 99), us(library, 50)/us(met, 50), us(library, 50)/us(seen, 50))
	return b.server(ctx, rev, docs[1000:2000], met)
}

// server measures OPA's own server with the same rules.
func (b *bench) server(ctx context.Context, rev *catalog.Revision, docs [][]byte, ours []time.Duration) error {
	url, stop, err := startOPA(ctx, b.dir, rev)
	if err != nil {
		fmt.Println("OPA's server was not measured:", err)
		return nil
	}
	defer stop()
	client := &http.Client{Timeout: 10 * time.Second}
	took, err := times(docs, func(doc []byte) error {
		body := slices.Concat([]byte(`{"input":`), doc, []byte(`}`))
		resp, err := client.Post(url+"/v1/data/paddock/change/merge", "application/json", bytes.NewReader(body))
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("OPA answered %s: %v", resp.Status, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Printf("opa run --server: p50 %.0f us, p99 %.0f us; %.1fx of ours for a new app\n", us(took, 50), us(took, 99), us(took, 50)/us(ours, 50))
	return nil
}

func times(docs [][]byte, ask func(doc []byte) error) ([]time.Duration, error) {
	out := make([]time.Duration, len(docs))
	for i, doc := range docs {
		begun := time.Now()
		if err := ask(doc); err != nil {
			return nil, err
		}
		out[i] = time.Since(begun)
	}
	slices.Sort(out)
	return out, nil
}

// us is a percentile of sorted times, in microseconds.
func us(sorted []time.Duration, percent int) float64 {
	return float64(sorted[len(sorted)*percent/100].Nanoseconds()) / 1000
}
