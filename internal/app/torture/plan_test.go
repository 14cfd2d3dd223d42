package torture

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// day is a list of acts, made from a seed.
type day struct {
	*rand.Rand
	acts []act
	apps []string        // made, as far as the plan can know
	asks []string        // waiting for an answer
	live map[string]bool // built
	away map[string]bool // archived
	lost bool
	ends map[string]bool // switched off
}

// plan makes a day of n acts. clocks lets the clock jump and leap, too.
func plan(r *rand.Rand, n int, clocks bool) []act {
	d := &day{Rand: r, live: map[string]bool{}, away: map[string]bool{}, ends: map[string]bool{}}
	d.add("app", "app-0", "hana")
	d.apps = append(d.apps, "app-0")
	for len(d.acts) < n {
		d.next(clocks)
	}
	return d.acts
}

func (d *day) add(kind, arg, by string) {
	later := time.Duration(1+d.IntN(3600)) * time.Second
	d.acts = append(d.acts, act{N: len(d.acts), Kind: kind, Arg: arg, By: by, Later: later})
}

// fresh names something new.
func (d *day) fresh(what string) string { return fmt.Sprintf("%s-%d", what, len(d.acts)) }

func (d *day) next(clocks bool) {
	switch d.IntN(20) {
	case 0:
		d.add("person", d.fresh("p"), "pia")
	case 1:
		p := d.fresh("p")
		d.add("person", p, "pia")
		d.add("off", p, "pia")
	case 2:
		d.add("token", d.fresh("t"), "hana")
	case 3:
		d.add("secret", d.fresh("s"), "pia")
	case 4:
		app := d.fresh("app")
		d.add("app", app, "hana")
		d.apps = append(d.apps, app)
	case 5:
		app := d.fresh("app")
		d.add("ask", app, "hana")
		d.asks = append(d.asks, app)
	case 6, 7:
		if len(d.asks) > 0 {
			d.add([]string{"yes", "yes", "no"}[d.IntN(3)], d.asks[0], "sam")
			d.asks = d.asks[1:]
		}
	case 8:
		d.add("course", d.fresh("c"), "hana")
	case 9:
		d.add("sequence", "", "")
	case 10, 11:
		d.add("sweep", "", "")
	case 12:
		if d.lost = !d.lost; d.lost {
			d.add("lost", "", "")
		} else {
			d.add("back", "", "")
		}
	case 13, 14:
		if clocks {
			d.jump()
		}
	default:
		d.toApp()
	}
}

// jump moves the clock: five minutes either way, days, or past the 120 days
// after which an unused app is archived, and back again.
func (d *day) jump() {
	const far = 24 * time.Hour
	by := []time.Duration{-5 * time.Minute, 5 * time.Minute, -5 * time.Minute, 5 * time.Minute, 8 * far, 40 * far, 95 * far, 130 * far}[d.IntN(8)]
	if d.IntN(6) == 0 {
		d.leap(130 * far)
		return
	}
	d.add("wait", "", "")
	d.acts[len(d.acts)-1].Later = by
}

// leap is a clock that is wrong for a moment, in which a sweep runs.
func (d *day) leap(by time.Duration) {
	for _, l := range []time.Duration{by, 0, -by} {
		d.add("sweep", "", "")
		d.acts[len(d.acts)-1].Later += l
	}
}

func (d *day) toApp() {
	app := d.apps[d.IntN(len(d.apps))]
	if d.away[app] {
		if d.IntN(2) == 0 {
			d.add("restore", app, "pia")
			d.away[app] = false
		}
		return
	}
	switch d.IntN(7) {
	case 0, 1:
		d.add("use", app, "")
	case 2, 3:
		if !d.live[app] {
			d.add("build", app, "hana")
			d.live[app] = true
		}
		d.add("deploy", app, "hana")
	case 4:
		d.add("archive", app, "hana")
		d.away[app] = true
	case 5:
		if d.live[app] {
			d.add("lease", app, "")
		}
	case 6:
		d.add("revoke", app, "")
	}
}
