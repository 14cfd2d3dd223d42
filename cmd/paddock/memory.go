package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
)

// memory sets how memory is collected. A control plane that waits most of the time
// should be small: the heap is given back early, up to a soft limit. A check runs
// for seconds.
func memory(args []string) {
	if len(args) == 0 || args[0] != "check" {
		debug.SetGCPercent(50)
		debug.SetMemoryLimit(100 << 20)
		return
	}
	h := &heap{live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	debug.SetMemoryLimit(begin)
	h.set(-1)
	h.watch()
	giveBack()
}

// heap grows to begin bytes before it is first collected, for loading the rules
// makes much that is soon of no use. From then on it is collected when a quarter
// more lives than before, or when it has grown to room. A quarter in place of Go's
// whole saves a tenth of the memory on thousands of files and costs a twentieth of
// the time.
type heap struct {
	live    []metrics.Sample
	percent int
}

const (
	begin  = 28 << 20 // with what Go needs for itself
	most   = 150 << 20
	room   = 16 << 20
	growth = 25 // percent
)

// set sets the percentage. That stops the program for a moment.
func (h *heap) set(percent int) {
	if percent != h.percent {
		h.percent = percent
		debug.SetGCPercent(percent)
	}
}

// watch sets the percentage again after each collection. Until it has, the last one
// holds for what lives by then, so it is never above a hundred.
func (h *heap) watch() {
	runtime.AddCleanup(new([64]byte), func(h *heap) {
		metrics.Read(h.live)
		live := max(1, int(h.live[0].Value.Uint64()))
		h.set(min(100, max(growth, (room-live)*100/live/growth*growth)))
		debug.SetMemoryLimit(most)
		h.watch()
	}, h)
}

// giveBack lets go of the pages of the program's own file that only its start
// needed; what is needed again comes from the page cache. Parts that are no longer
// as in the file stay. Where the kernel does not tell, nothing happens.
func giveBack() {
	own, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	var from, to uintptr
	lines := bufio.NewScanner(bytes.NewReader(maps))
	for lines.Scan() {
		var a, b uintptr
		var changed int
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x r", &a, &b); n == 2 {
			if from, to = a, b; !bytes.HasSuffix(lines.Bytes(), []byte(own)) {
				to = from
			}
		} else if n, _ := fmt.Sscanf(lines.Text(), "Anonymous: %d kB", &changed); n == 1 && changed == 0 && to > from {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_DONTNEED)
		}
	}
}
