package watch_test

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/life/check/watch"
)

func TestMark(t *testing.T) {
	fsys := fstest.MapFS{"a": {Data: []byte("1")}, ".git/x": {Data: []byte("1")}, "b/node_modules/x": {Data: []byte("1")}}
	first := watch.Mark(fsys, 100)
	fsys[".git/x"], fsys["b/node_modules/x"] = &fstest.MapFile{}, &fstest.MapFile{}
	if watch.Mark(fsys, 100) != first {
		t.Error("it looks into .git or node_modules")
	}
	fsys["a"] = &fstest.MapFile{Data: []byte("1"), ModTime: time.Unix(1, 0)}
	second := watch.Mark(fsys, 100)
	delete(fsys, "a")
	if second == first || watch.Mark(fsys, 100) == second {
		t.Error("a change is not noticed")
	}
}

// TestRun plays a burst of changes: one call for all of them, once it is quiet.
func TestRun(t *testing.T) {
	ticks := make(chan time.Time)
	marks := []byte{0, 1, 2, 3, 3, 3, 4, 4, 4}
	at, calls := 0, []int{}
	end := errors.New("enough")
	mark := func() [32]byte {
		m := [32]byte{marks[at]}
		at++
		return m
	}
	done := make(chan error)
	go func() {
		done <- watch.Run(context.Background(), ticks, mark, func() error {
			if calls = append(calls, at-1); len(calls) == 3 {
				return end
			}
			return nil
		})
	}()
	for range 7 {
		ticks <- time.Time{}
	}
	if err := <-done; err != end || len(calls) != 3 || calls[0] != 0 || calls[1] != 4 || calls[2] != 7 {
		t.Errorf("%v %v", calls, err)
	}
}

func TestItEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	err := watch.Run(ctx, nil, func() [32]byte { return [32]byte{} }, func() error { cancel(); return nil })
	if err != nil {
		t.Error(err)
	}
}
