package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// rounds is how many requests, and how many pairs of acts, are measured.
const rounds = 300

// latency holds what an event adds to an act, over the store, against a whole
// request that does such an act, over HTTP: somebody adds a person to a server
// that runs on the same kind of database. more are arguments of that server.
func latency(ctx context.Context, engine, dir string, w *world, more ...string) error {
	added, err := eventTime(ctx, w)
	if err != nil {
		return err
	}
	whole, err := requestTime(ctx, filepath.Join(dir, engine+"-server"), more)
	if err != nil {
		return err
	}
	fmt.Printf("%s: an event adds %.0f us to its act; the request takes %.0f us\n", engine, micros(added), micros(whole))
	atMost(engine+": latency that audit adds to a request, p50", 100*float64(added)/float64(whole-added), 10, "%")
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// eventTime is the median of acts of three records with their event, less that
// of the same acts without, taken by turns.
func eventTime(ctx context.Context, w *world) (time.Duration, error) {
	var with, without []time.Duration
	for range rounds {
		for _, event := range []bool{true, false} {
			begun := time.Now()
			if _, err := w.act(ctx, 3, event); err != nil {
				return 0, err
			}
			if event {
				with = append(with, time.Since(begun))
			} else {
				without = append(without, time.Since(begun))
			}
		}
	}
	return median(with) - median(without), nil
}

// requestTime is the median time of a request that is an act.
func requestTime(ctx context.Context, dir string, more []string) (time.Duration, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	s, err := visit.NewServer(ctx, dir, "")
	if err != nil {
		return 0, err
	}
	s.Program, s.More, s.First = filepath.Join("bin", "paddock"), more, len(more) > 0
	if err := s.Start(ctx, ""); err != nil {
		return 0, fmt.Errorf("%w; build bin/paddock first", err)
	}
	defer s.Stop(context.WithoutCancel(ctx))
	admin := visit.NewPerson(s.Base, visit.AdminEmail)
	if err := admin.Open(ctx, s.Link); err != nil {
		return 0, err
	}
	var took []time.Duration
	for i := range rounds {
		person := map[string]any{"email": fmt.Sprintf("p%d@example.org", i), "name": "Bench", "roles": []string{"maker"}}
		begun := time.Now()
		if err := admin.Call(ctx, http.MethodPost, "/people", person, nil); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begun))
	}
	return median(took), nil
}

func median(of []time.Duration) time.Duration {
	slices.Sort(of)
	return of[len(of)/2]
}
