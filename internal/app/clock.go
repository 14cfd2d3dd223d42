package app

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// offsetSetting keeps how far a laboratory's clock is ahead, so that it does
// not jump back at a restart.
const offsetSetting = "lab.clock_offset"

// labClock is the machine's clock, moved forward.
type labClock struct{ offset atomic.Int64 }

// Now implements core.Clock.
func (c *labClock) Now() time.Time { return time.Now().UTC().Add(time.Duration(c.offset.Load())) }

type settings interface {
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
	Setting(ctx context.Context, name string) (string, error)
	PutSetting(ctx context.Context, name, value string) error
}

// restore reads how far the clock was ahead.
func (c *labClock) restore(ctx context.Context, s settings) error {
	text, err := s.Setting(ctx, offsetSetting)
	if err != nil || text == "" {
		return err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return core.Hidden("Reading the laboratory's clock", err)
	}
	c.offset.Store(n)
	return nil
}

// move moves the clock forward and keeps it there.
func (c *labClock) move(ctx context.Context, s settings, by time.Duration) error {
	next := c.offset.Load() + int64(by)
	err := s.Quietly(ctx, func(ctx context.Context) error {
		return s.PutSetting(ctx, offsetSetting, strconv.FormatInt(next, 10))
	})
	if err == nil {
		c.offset.Store(next)
	}
	return err
}
