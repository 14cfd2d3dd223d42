package verify_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// BenchmarkFolder verifies a log of 1,000,000 events (AUDIT_EVENTS changes the
// number) in one data folder. It prints events per second, processor time and
// the peak memory of the process.
func BenchmarkFolder(b *testing.B) {
	events := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("AUDIT_EVENTS")); err == nil {
		events = n
	}
	f := newLog(b, events, 1000)
	runtime.GC()
	var m runtime.MemStats
	var peak uint64
	before := cpuTime(b)
	b.ResetTimer()
	for b.Loop() {
		stop := make(chan struct{})
		sampled := make(chan struct{})
		go func() {
			defer close(sampled)
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for {
				runtime.ReadMemStats(&m)
				peak = max(peak, m.Sys-m.HeapReleased)
				select {
				case <-stop:
					return
				case <-tick.C:
				}
			}
		}()
		r, err := verify.Folder(b.Context(), f.dir, f.vkey)
		close(stop)
		<-sampled
		if err != nil || !r.OK || r.Events != int64(events) {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric((cpuTime(b)-before).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
	b.ReportMetric(float64(rss())/(1<<10), "peak-rss-MiB")
}

// cpuTime is the processor time this process has used: unlike the clock on the
// wall it hardly depends on what else the machine does.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rss is the highest resident memory of this process in KiB, with the writing
// of the file in it.
func rss() int {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}
