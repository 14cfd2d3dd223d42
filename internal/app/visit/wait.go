package visit

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Until asks again and again whether something holds, for a bounded time.
func Until(ctx context.Context, most time.Duration, what string, holds func() (bool, error)) error {
	end := time.NewTimer(most)
	defer end.Stop()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := holds()
		if err != nil || ok {
			return err
		}
		select {
		case <-tick.C:
		case <-end.C:
			return core.Errorf(core.Unavailable, "waited %s in vain for %s", most, what)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Must turns a fact that does not hold into an error.
func Must(holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	return core.Errorf(core.Blocked, format, args...)
}

// First returns the first error.
func First(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
