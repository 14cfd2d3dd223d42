package gate

import (
	"context"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

// mostTogether is how many decisions share a commit.
const mostTogether = 64

// record is a decision that is to be kept.
type record struct {
	workload Workload
	decision core.Decision
}

// keeper keeps decisions, those that come while it is busy together. Nobody
// waits for company: who comes first is written at once.
type keeper struct {
	write func(ctx context.Context, list []record) error

	mu      sync.Mutex
	busy    bool
	waiting []*kept
}

// kept is a record on its way.
type kept struct {
	record
	ctx  context.Context
	done chan error
}

// keep returns when the record has been committed, or will not be. When ctx ends
// first, it may be committed all the same.
func (k *keeper) keep(ctx context.Context, r record) error {
	one := &kept{record: r, ctx: context.WithoutCancel(ctx), done: make(chan error, 1)}
	k.mu.Lock()
	k.waiting = append(k.waiting, one)
	if !k.busy {
		k.busy = true
		go k.work()
	}
	k.mu.Unlock()
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return interrupted(ctx.Err())
	}
}

// work writes until nobody waits.
func (k *keeper) work() {
	for {
		k.mu.Lock()
		n := min(len(k.waiting), mostTogether)
		list := k.waiting[:n]
		if k.waiting = k.waiting[n:]; n == 0 {
			k.busy = false
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		k.together(list)
	}
}

// together writes records in one commit; if that fails, one by one, so that one
// that cannot be kept takes no other with it.
func (k *keeper) together(list []*kept) {
	records := make([]record, len(list))
	for i, one := range list {
		records[i] = one.record
	}
	err := k.try(list[0].ctx, records)
	for i, one := range list {
		if err != nil && len(list) > 1 {
			one.done <- k.try(one.ctx, records[i:i+1])
			continue
		}
		one.done <- err
	}
}

func (k *keeper) try(ctx context.Context, list []record) (err error) {
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = core.Errorf(core.Internal, "panic: %v", p)
		}
	}()
	return k.write(ctx, list)
}
