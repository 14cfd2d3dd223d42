package torture

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// ordinary is a short day in which each sort of act comes once.
func ordinary() []act {
	d := &day{Rand: rand.New(rand.NewPCG(1, 1))}
	for _, a := range [][3]string{{"app", "app-0", "hana"}, {"build", "app-0", "hana"}, {"deploy", "app-0", "hana"}, {"person", "paul", "pia"}, {"ask", "app-1", "hana"},
		{"sequence", "", ""}, {"yes", "app-1", "sam"}, {"off", "paul", "pia"}, {"token", "laptop", "hana"}, {"secret", "key", "pia"}, {"lease", "app-0", ""}, {"use", "app-0", ""},
		{"course", "safety", "hana"}, {"sweep", "", ""}, {"archive", "app-0", "hana"}, {"sequence", "", ""}, {"restore", "app-0", "pia"}} {
		d.add(a[0], a[1], a[2])
	}
	return d.acts
}

// newTestGround makes the ground for a test.
func newTestGround(t *testing.T) ground {
	t.Helper()
	g, err := newGround(t.Context(), place{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// inParallel runs schedules side by side.
func (g ground) inParallel(t *testing.T, list []schedule) {
	t.Helper()
	t.Run("all", func(t *testing.T) {
		for _, s := range list {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				if err := g.run(t, s); err != nil {
					t.Errorf("%s\nfaults %v\nacts %v\n%v", s.name, s.faults, s.acts, err)
				}
			})
		}
	})
}

// Promises 1 and 8: killed before any call that changes a file, Paddock starts
// again with every act in whole or not at all. The day has some hundred calls;
// unless -every is given, a sample of them.
func TestKilledAtEveryCall(t *testing.T) {
	g := newTestGround(t)
	count := &strike{}
	if err := g.run(t, schedule{acts: ordinary(), faults: []*strike{count}}); err != nil {
		t.Fatal(err)
	}
	step := 1
	if !*every {
		step = count.total / 16
	}
	var list []schedule
	for call := 1; call <= count.total; call += step {
		list = append(list, schedule{name: fmt.Sprint(call), acts: ordinary(), faults: []*strike{{what: kill, call: call}}})
	}
	begun := time.Now()
	g.inParallel(t, list)
	fmt.Printf("a day of %d calls, killed at %d of them in %s, unbroken: %v\n", count.total, len(list), time.Since(begun).Round(time.Second), !t.Failed())
}

// Every other fault of the storage, at two places.
func TestStorageFaults(t *testing.T) {
	g := newTestGround(t)
	var list []schedule
	for _, what := range []string{tear, power, eio, full, slow} {
		for _, act := range []int{4, 15} {
			list = append(list, schedule{name: fmt.Sprintf("%s in act %d", what, act), acts: ordinary(), busy: act == 4, faults: []*strike{{what: what, act: act, call: 2 + act, span: 25}}})
		}
	}
	g.inParallel(t, list)
}

// What judges can find fault: with storage that only says that it has synced, a
// power cut loses what was acknowledged.
func TestTheJudgeFindsLoss(t *testing.T) {
	g := newTestGround(t)
	s := schedule{acts: ordinary(), faults: []*strike{{what: power, lies: true, act: 9, call: 2}}}
	err := g.run(t, s)
	if err == nil || !strings.Contains(err.Error(), "is there 0 times; acknowledged 1") {
		t.Errorf("nothing is missed: %v", err)
	}
}
