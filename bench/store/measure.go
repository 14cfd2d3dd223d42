package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// measure makes a fleet of n apps and measures it.
func measure(ctx context.Context, o options, n int) (results []result, err error) {
	dir := o.dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "paddock-bench-"); err != nil {
			return nil, err
		}
	} else if dir, err = filepath.Abs(filepath.Join(dir, fmt.Sprint(n))); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	base, done, err := newBase(ctx, o, dir)
	if err != nil {
		return nil, err
	}
	defer done()
	say := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	events := int(int64(o.events) * int64(n) / int64(o.apps))
	say("%s: making up %d apps and %d events", o.engine, n, events)
	f, err := base.fill(ctx, dir, n, events, o.parts, say)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	s, err := base.serve(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	starting := result{Name: "start of the server", Apps: n, Engine: o.engine, Unit: "s", Limit: 5, Samples: []float64{time.Since(began).Seconds()}}
	results = append(results, starting)
	idle, err := idleCost(ctx)
	if err != nil {
		return results, err
	}
	results = append(results, result{Name: "processor at rest", Apps: n, Engine: o.engine, Unit: "%", Limit: 10, Samples: []float64{idle}})
	if o.profile != "" {
		out, err := os.Create(o.profile)
		if err != nil {
			return results, err
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			return results, err
		}
		defer pprof.StopCPUProfile()
	}
	for _, q := range questions(f) {
		r := result{Name: q.name, Apps: n, Engine: o.engine, Unit: "ms", Limit: q.limit, Field: q.field}
		var before time.Duration
		for i := range o.asks + o.asks/10 {
			if i == o.asks/10 {
				if before, err = processor(); err != nil {
					return results, err
				}
			}
			took, err := s.ask(ctx, q, i)
			if err != nil {
				return results, fmt.Errorf("%s: %w", q.name, err)
			}
			if i >= o.asks/10 {
				r.Samples = append(r.Samples, took)
			}
		}
		after, err := processor()
		if err != nil {
			return results, err
		}
		r.Processor = float64((after - before).Microseconds()) / 1000 / float64(o.asks)
		results = append(results, r)
	}
	return results, nil
}

// question is one kind of request; path makes the i-th of it.
type question struct {
	name  string
	limit float64 // ms; 0 for none
	field string  // what others have published
	page  bool    // a page for people, not JSON
	own   bool    // asked by a maker, who sees only their own
	path  func(i int) string
}

// questions are what people ask of a large fleet.
func questions(f *filler) []question {
	pick := func(i int) app { return f.apps[(i*7919+13)%len(f.apps)] }
	q := func(pairs ...string) string {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Add(pairs[i], pairs[i+1])
		}
		return v.Encode()
	}
	narrow := func(i int) []string {
		a := pick(i)
		all := [][]string{{"state", string(a.state)}, {"classification", string(a.d.Classification)}, {"region", a.d.Region}, {"template", a.d.Template[:len(a.d.Template)-2]}}
		out := append([]string{}, all[i%4]...)
		if i%3 > 0 {
			out = append(out, all[(i+1)%4]...)
		}
		if i%3 > 1 {
			out = append(out, all[(i+2)%4]...)
		}
		return out
	}
	return []question{
		{name: "list page", limit: 10, field: "Backstage 22.6 ms at 739k", path: func(i int) string { return "/apps?" + q("after", pick(i).name) }},
		{name: "list page, last used first", limit: 10, path: func(i int) string {
			a := pick(i)
			return "/apps?" + q("sort", "recent", "after", fmt.Sprintf("%d~%s", a.last, a.name))
		}},
		{name: "list page, filtered", limit: 10, path: func(i int) string { return "/apps?" + q(append(narrow(i), "sort", []string{"name", "recent"}[i%2])...) }},
		{name: "list page, by words", limit: 10, path: func(i int) string {
			return "/apps?" + q("q", []string{"tracker", "inv", "payroll emea", "board", "quiz legal", "zebra", pick(i).name[:12], "energy-mon"}[i%8])
		}},
		{name: "facets", limit: 10, field: "Backstage 632 ms", path: func(i int) string { return "/apps?" + q(append(narrow(i), "limit", "1")...) }},
		{name: "count", limit: 10, field: "Backstage 452 ms", path: func(i int) string { return "/apps?limit=1" }},
		{name: "app by name", limit: 10, field: "Backstage 0.12 ms, in the database", path: func(i int) string { return "/apps/" + pick(i).name }},
		{name: "a maker's own list", limit: 10, own: true, path: func(i int) string { return "/apps" }},
		{name: "page of apps, for people", page: true, path: func(i int) string { return "/?" + q(narrow(i)...) }},
		{name: "events, newest", path: func(i int) string { return "/events" }},
		{name: "events of an action", path: func(i int) string {
			return "/events?" + q("action", []string{"app.deploy", "change.merge", "session.start"}[i%3])
		}},
		{name: "lodash < 4.17.21, running", limit: 200, path: func(i int) string {
			return "/components?" + q("q", "lodash < 4.17.21", "after", []string{"", pick(i).name}[i%2])
		}},
		{name: "lodash, every build", limit: 200, path: func(i int) string { return "/components?" + q("q", "lodash", "where", "any") }},
		{name: "any component, running", limit: 200, path: func(i int) string {
			c := f.shelf.packages[(i*31)%len(f.shelf.packages)][0]
			return "/components?" + q("q", "npm:"+c.Name+" >= "+c.Version)
		}},
	}
}

// ask puts a question and returns how long the answer took, in milliseconds.
func (s *server) ask(ctx context.Context, q question, i int) (float64, error) {
	who, address := s.admin, s.base+"/api/v1"+q.path(i)
	if q.own {
		who = s.maker
	}
	if q.page {
		address = s.base + q.path(i)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	if !q.page {
		req.Header.Set("Authorization", "Bearer "+who.Token)
	}
	began := time.Now()
	resp, err := who.Browser.Do(req)
	if err != nil {
		return 0, err
	}
	b, err := io.ReadAll(resp.Body)
	took := time.Since(began)
	resp.Body.Close()
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %d: %.300s", address, resp.StatusCode, b)
	}
	return float64(took.Microseconds()) / 1000, err
}

// idleCost is how much of one processor the server takes when nobody asks, over
// some seconds, in percent.
func idleCost(ctx context.Context) (float64, error) {
	select { // what a start leaves behind is not rest
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(10 * time.Second):
	}
	runtime.GC()
	before, err := processor()
	if err != nil {
		return 0, err
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(10 * time.Second):
	}
	after, err := processor()
	return (after - before).Seconds() * 10, err
}

// today is when the fleet is looked at.
func today() time.Time { return core.SystemClock{}.Now() }
