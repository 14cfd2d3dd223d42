package secrets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/archive"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/meter"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Check searches every file of a tree, on all processors, and the archives among
// them, which it reads from fsys. The redactor takes what was found out of the
// words of other checks.
func (s *Scanner) Check(ctx context.Context, fsys fs.FS, t *tree.Tree) (findings.Result, Redactor) {
	res := findings.Result{Looked: fmt.Sprintf("%s, %d bytes, %d rules", findings.Count(len(t.Files), "file"), t.Bytes, s.Rules())}
	res.Seen = core.Coverage{Files: len(t.Files), Bytes: t.Bytes, Rules: s.Rules(), RulesDigest: s.digest()}
	found, values, faults := make([][]Hit, len(t.Files)), make([][]string, len(t.Files)), make([]string, len(t.Files))
	var next, stopped atomic.Int64
	stopped.Store(int64(len(t.Files)))
	part := meter.Begin(ctx, "secrets", len(t.Files))
	defer part.End()
	var wg sync.WaitGroup
	for range max(1, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(t.Files); i = int(next.Add(1)) - 1 {
				if ctx.Err() != nil {
					stopped.Store(min(stopped.Load(), int64(i)))
					return
				}
				found[i], values[i], faults[i] = s.careful(t.Files[i])
				part.Step()
			}
		})
	}
	wg.Wait()
	if i := stopped.Load(); i < int64(len(t.Files)) {
		res.Missed("the time ran out before %s", t.Files[i].Path)
	}
	m := newMender(t)
	for i, hits := range found {
		if faults[i] != "" {
			res.Add(unscanned(t.Files[i].Path, faults[i]))
		}
		for j := range hits {
			hits[j].Edits = m.edits(t.Files[i], hits, j)
			res.Add(hits[j].Finding())
		}
	}
	all := append(slices.Concat(values...), s.packed(ctx, fsys, t.Packed, &res)...)
	slices.Sort(all)
	return res, Redactor{slices.Compact(all)}
}

// packed searches archives, one after another, and returns the values found.
func (s *Scanner) packed(ctx context.Context, fsys fs.FS, names []string, res *findings.Result) (values []string) {
	o := archive.NewOpener(func(f tree.File) {
		hits, more, fault := s.careful(f)
		if fault != "" {
			res.Add(unscanned(f.Path, fault))
		}
		for _, h := range hits {
			res.Add(h.Finding())
		}
		values = append(values, more...)
	}, res.Missed)
	for _, name := range names {
		data, err := tree.ReadPacked(fsys, name)
		if err != nil {
			res.Missed("%s could not be read", name)
			continue
		}
		o.Open(ctx, name, data)
	}
	res.Seen.Archives, res.Seen.Files, res.Seen.Bytes = o.Archives, res.Seen.Files+o.Files, res.Seen.Bytes+o.Bytes
	if o.Archives > 0 {
		res.Looked += fmt.Sprintf(", %s in %s", findings.Count(o.Files, "file"), findings.Count(o.Archives, "archive"))
	}
	return values
}

// careful turns a fault of the search into words, so that it is not lost in a
// goroutine of its own.
func (s *Scanner) careful(f tree.File) (hits []Hit, values []string, fault string) {
	defer func() {
		if p := recover(); p != nil {
			hits, values, fault = nil, nil, "the search failed on it"
		}
	}()
	hits, values, err := s.hits(f)
	if err != nil {
		return nil, nil, "a rule is broken"
	}
	if len(values) > maxHits {
		return hits, values, fmt.Sprintf("it holds more than %d secrets", maxHits)
	}
	return hits, values, ""
}

// digest names the rules as loaded: those of providers by their text, ours by
// their words.
func (s *Scanner) digest() string {
	h := sha256.New()
	_, _ = h.Write([]byte(config.DefaultConfig)) // never fails
	for _, w := range s.list {
		_, _ = h.Write([]byte("\x00" + w))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
