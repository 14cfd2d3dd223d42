package witness

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/rounds"
)

// TestAsking: each new checkpoint gets its cosignature, in one question once
// the sizes are known, and none when nothing is new.
func TestAsking(t *testing.T) {
	w := newWorld(t)
	w.asker.Round(t.Context())
	if w.posts != 0 {
		t.Fatal("an empty log was brought to a witness")
	}
	for i := range 5 {
		w.log.grow(100*i+1, "a")
		w.asker.Round(t.Context())
		w.asker.Round(t.Context())
		if s := w.book.states["witness.test/w1"]; s.State != core.WitnessOK || s.Size != w.log.size || s.Answered == 0 {
			t.Fatalf("%+v", s)
		}
	}
	if w.posts != 5 || len(w.book.signed) != 5 || len(w.book.told) != 0 {
		t.Errorf("%d questions, %d cosignatures, told %v", w.posts, len(w.book.signed), w.book.told)
	}
	signed, head := w.log.head()
	at := func(_ context.Context, size int64) (string, error) { return signed, nil }
	last := w.book.signed[4:]
	whole, n, err := w.asker.Peers().Witnessed(t.Context(), last, at)
	if err != nil || n != 1 || whole != signed+last[0].Line || last[0].Size != head.Size || last[0].At != w.key.at*1e6 {
		t.Errorf("%v %d %q", err, n, whole)
	}
	short := w.asker.Peers()
	short.Quorum = 2
	if whole, n, err := short.Witnessed(t.Context(), last, at); whole != "" || n != 0 || err != nil {
		t.Errorf("one of two is enough: %q", whole)
	}
	bad := append([]core.Cosignature(nil), last...)
	bad[0].Line = w.book.signed[3].Line
	if whole, _, _ := w.asker.Peers().Witnessed(t.Context(), bad, at); whole != "" {
		t.Error("a cosignature of another checkpoint counts")
	}
}

// TestForgottenState: a log that does not know what the witness has asks again
// with the size it is told.
func TestForgottenState(t *testing.T) {
	w := newWorld(t)
	w.log.grow(7, "a")
	w.asker.Round(t.Context())
	w.book.states = nil
	w.log.grow(7, "a")
	w.asker.Round(t.Context())
	if s := w.book.states["witness.test/w1"]; s.State != core.WitnessOK || w.posts != 3 {
		t.Errorf("%+v after %d questions", s, w.posts)
	}
}

// TestSilence: a witness that is down is asked less and less, people are told
// once, and once more when it is back.
func TestSilence(t *testing.T) {
	w := newWorld(t)
	w.log.grow(3, "a")
	w.asker.Round(t.Context())
	w.down = true
	w.log.grow(3, "a")
	for range 3600 {
		w.asker.Round(t.Context())
		w.clock.now = w.clock.now.Add(time.Second)
	}
	if w.posts > 25 || w.posts < 10 {
		t.Errorf("asked %d times in an hour", w.posts)
	}
	if len(w.book.told) != 1 || w.book.told[0].State != core.WitnessSilent || strings.Contains(w.book.told[0].Problem, "internal") {
		t.Fatalf("told %+v", w.book.told)
	}
	w.down = false
	w.clock.now = w.clock.now.Add(rounds.Longest)
	w.asker.Round(t.Context())
	if len(w.book.told) != 2 || w.book.told[1].State != core.WitnessOK || w.book.states["witness.test/w1"].Size != 6 {
		t.Errorf("told %+v", w.book.told)
	}
}

// TestRefused: a log that was rewritten, and one that was cut back, find no
// cosignature, people are told at once and only once, and silence afterwards
// does not hide it.
func TestRefused(t *testing.T) {
	for name, rewrite := range map[string]func(w *world){
		"rewritten": func(w *world) {
			*w.log = *newLogLike(w.log, 3)
			w.log.grow(9, "x")
		},
		"cut back": func(w *world) { *w.log = *newLogLike(w.log, 3) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.log.grow(5, "a")
			w.asker.Round(t.Context())
			rewrite(w)
			for range 3 {
				w.asker.Round(t.Context())
				w.clock.now = w.clock.now.Add(rounds.Longest)
			}
			if len(w.book.told) != 1 || w.book.told[0].State != core.WitnessForked || len(w.book.signed) != 1 {
				t.Fatalf("told %+v, %d cosignatures", w.book.told, len(w.book.signed))
			}
			w.down = true
			w.asker.Round(t.Context())
			if s := w.book.states["witness.test/w1"]; s.State != core.WitnessForked {
				t.Errorf("%+v", s)
			}
		})
	}
}

// newLogLike is a log with l's key and other entries.
func newLogLike(l *treeLog, n int) *treeLog {
	c := &treeLog{t: l.t, signer: l.signer, vkey: l.vkey}
	c.grow(n, "x")
	return c
}

// TestStranger: a witness that does not know the log is a silent one.
func TestStranger(t *testing.T) {
	w := newWorld(t)
	w.witness.Logs = func() Logs { return nil }
	w.log.grow(1, "a")
	w.asker.Round(t.Context())
	if s := w.book.states["witness.test/w1"]; s.State != core.WitnessSilent || !strings.Contains(s.Problem, "does not know this log") {
		t.Errorf("%+v", s)
	}
}

// TestWrongKey: an answer by another key than the one we were given counts for
// nothing.
func TestWrongKey(t *testing.T) {
	w := newWorld(t)
	w.witness.Signer = newCosigner("witness.test/w1")
	w.log.grow(1, "a")
	w.asker.Round(t.Context())
	if s := w.book.states["witness.test/w1"]; s.State != core.WitnessSilent || len(w.book.signed) != 0 {
		t.Errorf("%+v", s)
	}
}

// TestRun: a running asker asks on a tick if it leads, and stops with ctx.
func TestRun(t *testing.T) {
	w := newWorld(t)
	w.log.grow(1, "a")
	ticks, leads := make(chan time.Time), make(chan bool, 1)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- w.asker.Run(ctx, ticks, func(context.Context) (bool, error) { return <-leads, nil })
	}()
	leads <- false
	ticks <- time.Time{}
	leads <- true
	ticks <- time.Time{}
	leads <- false
	ticks <- time.Time{}
	stop()
	check(t, <-done)
	if w.posts != 1 || len(w.book.signed) != 1 {
		t.Errorf("%d questions", w.posts)
	}
}

func TestParsePeer(t *testing.T) {
	key := newCosigner("witness.test/w1").vkey()
	for _, address := range []string{"", "witness.test", "ftp://witness.test", "https://u:p@witness.test", "https://witness.test?x=1"} {
		if _, err := ParsePeer(address, key); core.CodeOf(err) != core.Invalid || core.AsError(err).Field != "url" {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := ParsePeer("https://witness.test", key+"x"); core.CodeOf(err) != core.Invalid || core.AsError(err).Field != "key" {
		t.Error(err)
	}
}
