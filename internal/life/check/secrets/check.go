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
	found, values := make([][]core.Finding, len(t.Files)), make([][]string, len(t.Files))
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
				found[i], values[i] = s.careful(t.Files[i])
			}
		})
	}
	wg.Wait()
	if i := stopped.Load(); i < int64(len(t.Files)) {
		res.Missed("the time ran out before %s", t.Files[i].Path)
	}
	res.Findings = slices.Concat(found...)
	all := slices.Concat(values...)
	slices.Sort(all)
	return res, Redactor{slices.Compact(all)}
}

// careful turns a fault of the search into a finding, so that it is not lost in
// a goroutine of its own.
func (s *Scanner) careful(f tree.File) (found []core.Finding, values []string) {
	defer func() {
		if p := recover(); p != nil {
			found, values = []core.Finding{unscanned(f.Path, "the search failed on it")}, nil
		}
	}()
	return s.scan(f)
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
