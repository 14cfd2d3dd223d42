//go:build cgo

package code

import (
	"context"
	"encoding/json"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// TestOnFolder checks the folder named by CODE_FOLDER and prints what was
// found and how much processor time it took; it is for people who tune rules.
func TestOnFolder(t *testing.T) {
	dir := os.Getenv("CODE_FOLDER")
	if dir == "" {
		t.Skip("set CODE_FOLDER to a folder to check")
	}
	files, err := tree.Load(context.Background(), os.DirFS(dir), tree.Limits{}, true)
	if err != nil {
		t.Fatal(err)
	}
	from := spent()
	e := New(rulebook.Builtin())
	made := spent()
	res := e.Check(context.Background(), files)
	t.Logf("%s; rules %v, check %v of processor time; not read: %d", res.Looked, made-from, spent()-made, len(res.Incomplete))
	for _, why := range res.Incomplete {
		t.Log("incomplete: ", why)
	}
	out := json.NewEncoder(os.Stdout)
	for _, f := range res.Findings {
		_ = out.Encode(map[string]any{"code": f.Code, "blocking": f.Blocking, "at": f.Path, "line": f.Line, "quote": f.Quote})
	}
}

func spent() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
