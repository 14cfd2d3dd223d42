package govern_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

const reloads = 1000

// A revision that is put away leaves nothing behind: the heap is flat over 1,000
// reloads, and no goroutine stays.
func TestReloadsLeaveNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("1,000 revisions are compiled")
	}
	files, err := catalog.PolicyFiles(fstest.MapFS{"policies/a.rego": {Data: []byte(noLogs)}})
	if err != nil {
		t.Fatal(err)
	}
	var current *policy.Set
	reload := func(i int) {
		files["policies/a.rego"] = fmt.Appendf(nil, "%s\n# revision %d\n", noLogs, i)
		set, err := policy.Compile(context.Background(), files, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		current = set
		if v, err := current.Eval(context.Background(), core.GateAppArchive, policy.Input{App: policy.App{Name: fmt.Sprintf("logs-%d", i)}}); err != nil || len(v.Deny) != 1 {
			t.Fatal(v, err)
		}
	}
	measure := func() (heap uint64, goroutines int) {
		for range 3 {
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, runtime.NumGoroutine()
	}
	for i := range 50 {
		reload(i)
	}
	heap, goroutines := measure()
	begun := time.Now()
	for i := range reloads {
		reload(50 + i)
	}
	after, more := measure()
	t.Logf("%d reloads in %s: heap %d kB, then %d kB; goroutines %d, then %d", reloads, time.Since(begun).Round(time.Millisecond), heap>>10, after>>10, goroutines, more)
	if after > heap+4<<20 || more > goroutines+2 {
		t.Errorf("heap grew from %d to %d bytes, goroutines from %d to %d", heap, after, goroutines, more)
	}
	runtime.KeepAlive(current)
}
