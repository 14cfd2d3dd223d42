package secrets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Check searches every file of a tree, on all processors. The redactor takes
// what was found out of the words of other checks.
func (s *Scanner) Check(ctx context.Context, t *tree.Tree) (findings.Result, Redactor) {
	res := findings.Result{Looked: fmt.Sprintf("%s, %d bytes, %d rules", findings.Count(len(t.Files), "file"), t.Bytes, s.Rules())}
	res.Seen = core.Coverage{Files: len(t.Files), Bytes: t.Bytes, Rules: s.Rules(), RulesDigest: s.digest()}
	found, values, faults := make([][]Hit, len(t.Files)), make([][]string, len(t.Files)), make([]string, len(t.Files))
	var next, stopped atomic.Int64
	stopped.Store(int64(len(t.Files)))
	var wg sync.WaitGroup
	for range max(1, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(t.Files); i = int(next.Add(1)) - 1 {
				if ctx.Err() != nil {
					stopped.Store(min(stopped.Load(), int64(i)))
					return
				}
				found[i], values[i], faults[i] = s.careful(t.Files[i])
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
	all := slices.Concat(values...)
	slices.Sort(all)
	return res, Redactor{slices.Compact(all)}
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
