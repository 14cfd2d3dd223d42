package history

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/archive"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/meter"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// search is one run over a plan.
type search struct {
	repo    *repository
	scanner *secrets.Scanner
	past    bool // findings are about the history
	texts   []job
	res     findings.Result
	binary  int

	packed   *archive.Opener
	unpacked []tree.File

	mu    sync.Mutex
	found []located
	fault error
}

// job is one part to search; jobs have the order of the commits.
type job struct {
	at     int
	commit string
	part   secrets.Part
}

type located struct {
	at     int
	commit string
	hit    secrets.Hit
}

// run reads the versions of a plan one after another, and searches their new
// lines on all processors.
func (s *search) run(ctx context.Context, p plan) findings.Result {
	jobs := make(chan job, 64)
	var wg sync.WaitGroup
	for range max(1, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for j := range jobs {
				s.one(j)
			}
		})
	}
	for i, j := range s.texts {
		j.at = i - len(s.texts)
		jobs <- j
	}
	part := meter.Begin(ctx, "history", len(p.ids))
	defer part.End()
	known := newMemory()
	s.packed = archive.NewOpener(func(f tree.File) { s.unpacked = append(s.unpacked, f) }, s.res.Missed)
	err := s.repo.blobs(ctx, p.ids, secrets.MaxSize, known.room, func(i int, size int64, content []byte) error {
		part.Step()
		s.version(ctx, known, p, i, size, content, func(part secrets.Part) { jobs <- job{i, p.commit[i], part} })
		return ctx.Err()
	})
	close(jobs)
	s.res.Seen.Archives = s.packed.Archives
	wg.Wait()
	if err != nil {
		s.res.Missed("git cannot read all versions of the files (%v)", err)
	}
	if s.fault != nil {
		s.res.Missed("a part of the history could not be searched (%v)", s.fault)
	}
	return s.result(p)
}

// version hands on what is to be searched of one version.
func (s *search) version(ctx context.Context, known *memory, p plan, i int, size int64, content []byte, emit func(secrets.Part)) {
	text, plain := tree.Text(content)
	file, whole := p.files[i], int64(len(content)) == size
	switch {
	case p.commit[i] == "":
		if plain && whole {
			known.learn(file, text)
		}
	case !plain && archive.Is(file.path) && whole:
		s.packed.Open(ctx, file.path, content)
		for _, f := range s.unpacked {
			emit(secrets.Part{Path: f.Path, Text: f.Text, Numbers: numbers(f.Text)})
		}
		s.unpacked = nil
	case !plain:
		s.binary++
		emit(secrets.Part{Path: file.path}) // its name may tell
	case !whole:
		s.res.Missed("%s in %.10s is larger than %d MB", file.path, p.commit[i], secrets.MaxSize/1_000_000)
	default:
		s.res.Seen.Files++
		s.res.Seen.Bytes += size
		if part, some := known.part(file, text); some {
			emit(part)
		}
	}
}

// numbers counts the lines of a text from 1.
func numbers(text []byte) []int {
	out := make([]int, 1+bytes.Count(text, []byte("\n")))
	for i := range out {
		out[i] = i + 1
	}
	return out
}

func (s *search) one(j job) {
	var hits []secrets.Hit
	var err error
	func() {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("the search failed on %s", j.part.Path)
			}
		}()
		hits, err = s.scanner.ScanPart(j.part)
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.fault == nil {
		s.fault = err
	}
	for _, h := range hits {
		s.found = append(s.found, located{j.at, j.commit, h})
	}
}

// result puts the findings in order. In the history a secret is named once,
// where it first appears.
func (s *search) result(p plan) findings.Result {
	slices.SortStableFunc(s.found, func(a, b located) int { return a.at - b.at })
	times := map[string]int{}
	var first []located
	for _, l := range s.found {
		key := l.hit.Rule + "\x00" + l.hit.Same
		if !s.past || l.hit.Line == 0 {
			key += "\x00" + l.hit.Path
		}
		if times[key]++; times[key] == 1 {
			first = append(first, l)
		}
	}
	for _, l := range first {
		if s.past {
			s.res.Add(past(l))
		} else {
			s.res.Add(l.hit.Finding())
		}
	}
	what := "staged files"
	if s.past {
		what = fmt.Sprintf("%d of %d commits", s.res.Seen.Commits, s.res.Seen.CommitsListed)
	}
	s.res.Looked = fmt.Sprintf("%s, %s, %d bytes, %d rules", what, findings.Count(s.res.Seen.Files, "version of file"), s.res.Seen.Bytes, s.res.Seen.Rules)
	if s.binary > 0 {
		s.res.Looked += fmt.Sprintf(", %s passed over", findings.Count(s.binary, "binary file"))
	}
	return s.res
}

// past says a hit as a finding about the history.
func past(l located) core.Finding {
	code := "history_secret"
	if l.hit.Severity != core.Blocker {
		code = "history_secret_maybe"
	}
	at := findings.At{Path: l.hit.Path, Line: l.hit.Line, Column: l.hit.Column, Quote: l.hit.Quote, Details: fmt.Sprintf("rule %s, commit %s", l.hit.Rule, l.commit), Key: l.hit.Rule + "\x00" + l.hit.Mark}
	return findings.New(code, at, "path", l.hit.Path, "kind", l.hit.Kind, "commit", fmt.Sprintf("%.10s", l.commit))
}
