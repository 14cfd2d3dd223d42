package meter_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/meter"
)

func TestOnePartAtATime(t *testing.T) {
	var got []string
	ctx := meter.With(t.Context(), func(phase string, done, all int64) { got = append(got, fmt.Sprint(phase, " ", done, "/", all)) })
	a := meter.Begin(ctx, "a", 20)
	b := meter.Begin(ctx, "b", 0)
	for range 33 {
		a.Step() // more than were said
		b.Step()
	}
	a.End()
	b.End()
	if want := []string{"a 0/20", "a 0/20", "a 16/20", "a 20/20", "b 33/0"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNobodyWaits holds that without a listener nothing is counted.
func TestNobodyWaits(t *testing.T) {
	p := meter.Begin(meter.With(context.Background(), nil), "a", 1)
	p.Step()
	p.End()
	if p != nil {
		t.Error("a part was made")
	}
}

func TestManyAtOnce(t *testing.T) {
	var last int64
	ctx := meter.With(t.Context(), func(_ string, done, _ int64) {
		if done < last {
			t.Errorf("%d after %d", done, last)
		}
		last = done
	})
	p := meter.Begin(ctx, "a", 800)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				p.Step()
			}
		})
	}
	wg.Wait()
	if last != 800 {
		t.Errorf("it ended at %d", last)
	}
}
