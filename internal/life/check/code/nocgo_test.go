//go:build !cgo

package code

import (
	"context"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// TestWithoutParsers holds a build without cgo to saying that it did not look.
func TestWithoutParsers(t *testing.T) {
	res := New(rulebook.Builtin()).Check(context.Background(), &tree.Tree{Files: []tree.File{{Path: "a.js", Text: []byte("eval(x)")}}})
	if res.Verdict() != core.Incomplete {
		t.Errorf("%+v", res)
	}
}
