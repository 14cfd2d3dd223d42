package workerd

import (
	"errors"
	"os/exec"
	"runtime"
	"sync"
)

// spawner starts processes from one thread that lives as long as the engine.
// The kernel ties "die with your parent" to the thread that forked, and Go
// ends idle threads when it likes; a locked one stays.
type spawner struct {
	work chan func()
	quit chan struct{}
	stop sync.Once
}

func newSpawner() *spawner {
	s := &spawner{work: make(chan func()), quit: make(chan struct{})}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		for {
			select {
			case f := <-s.work:
				f()
			case <-s.quit:
				return
			}
		}
	}()
	return s
}

// start starts cmd on the lasting thread.
func (s *spawner) start(cmd *exec.Cmd) error {
	done := make(chan error, 1)
	select {
	case s.work <- func() { done <- cmd.Start() }:
		return <-done
	case <-s.quit:
		return errors.New("the app engine is closed")
	}
}

// close ends the thread, and with it whatever it started that still runs.
func (s *spawner) close() { s.stop.Do(func() { close(s.quit) }) }
