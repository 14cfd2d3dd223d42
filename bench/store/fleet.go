package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// The names that the made-up fleet is put together from.
var (
	firsts    = []string{"candidate", "invoice", "travel", "shift", "asset", "visitor", "survey", "budget", "order", "ticket", "lab", "fleet", "payroll", "badge", "contract", "returns", "claims", "audit", "energy", "stock"}
	seconds   = []string{"tracker", "dashboard", "planner", "form", "finder", "report", "board", "register", "helper", "calendar", "monitor", "quiz", "export", "list", "desk"}
	thirds    = []string{"emea", "apac", "north", "south", "hq", "retail", "finance", "people", "plant", "legal"}
	templates = []string{"internal-dashboard", "web-form", "report", "approval-flow", "inventory", "public-page", "survey", "data-export", "notifier", "chat-bot", "calendar", "kiosk"}
	regions   = []string{"eu-sovereign", "eu-central", "us-east", "uk-south", "ch-zurich", "ap-tokyo"}
)

// home is the fleet's first day; today is when it is looked at.
var home = time.Date(2023, 1, 2, 8, 0, 0, 0, time.UTC)

type person struct {
	id          core.ID
	email, name string
	roles       string
}

type app struct {
	id       core.ID
	name     string
	owner    int
	state    core.AppState
	d        core.Descriptor
	created  int64
	last     int64
	text     string // descriptor as JSON
	digest   string
	decision core.ID
	deploy   core.ID
}

// maker makes up a fleet; the same seed makes the same one.
type maker struct {
	*rand.Rand
	ids   core.IDs
	today time.Time
}

func newMaker(seed uint64, today time.Time) *maker {
	var b [32]byte
	for i := range 8 {
		b[i] = byte(seed >> (8 * i))
	}
	source := rand.NewChaCha8(b)
	return &maker{Rand: rand.New(source), ids: core.IDs{Rand: source}, today: today}
}

// skewed picks a small number more often than a large one.
func (m *maker) skewed(n int) int { return int(float64(n) * m.Float64() * m.Float64() * m.Float64()) }

// people are the owners, one for each five apps, and at the front somebody of the
// platform team.
func (m *maker) people(apps int) []person {
	out := []person{{m.ids.New(home), "platform@example.org", "Pia Platform", "platform,security"}}
	for i := range max(apps/5, 3) {
		out = append(out, person{m.ids.New(home), fmt.Sprintf("person%06d@example.org", i), fmt.Sprintf("Person %d", i), "maker"})
	}
	return out
}

func (m *maker) app(i, people int) app {
	at := home.Add(time.Duration(m.Int64N(int64(m.today.Sub(home)))))
	name := fmt.Sprintf("%s-%s-%s-%d", firsts[m.skewed(len(firsts))], seconds[m.skewed(len(seconds))], thirds[m.IntN(len(thirds))], i)
	a := app{id: m.ids.New(at), name: name, owner: 1 + m.skewed(people-1), created: core.Stamp(at), decision: m.ids.New(at), deploy: m.ids.New(at)}
	a.digest = fmt.Sprintf("sha256:%016x%016x%016x%016x", m.Uint64(), m.Uint64(), m.Uint64(), m.Uint64())
	switch x := m.IntN(1000); {
	case x < 800:
		a.state = core.AppActive
	case x < 860:
		a.state = core.AppIdle
	case x < 980:
		a.state = core.AppArchived
	case x < 995:
		a.state = core.AppProvisioning
	default:
		a.state = core.AppFailed
	}
	const day = 24 * time.Hour
	ago := func(from, to time.Duration) int64 {
		return core.Stamp(m.today.Add(-from - time.Duration(float64(to-from)*m.Float64()*m.Float64())))
	}
	switch a.state { // what the clocks of life would have made of it
	case core.AppActive:
		a.last = ago(0, 80*day)
	case core.AppIdle:
		a.last = ago(91*day, 118*day)
	case core.AppArchived:
		a.last = ago(150*day, 600*day)
	}
	class := []core.Classification{core.Public, core.InternalUse, core.InternalUse, core.InternalUse, core.InternalUse, core.InternalUse, core.Restricted, core.Restricted, core.PHI}
	a.d = core.Descriptor{Name: name, Template: templates[m.skewed(len(templates))] + "@1", Owner: fmt.Sprintf("person%06d@example.org", a.owner-1),
		Classification: class[m.IntN(len(class))], Region: regions[m.skewed(len(regions))], Runtime: core.Serverless,
		Guardrails: core.Guardrails{CPUMillis: 250, MemoryMiB: 128}, Budget: core.Budget{Monthly: 20, Currency: "EUR"}}
	if m.IntN(10) == 0 {
		a.d.CoOwners = []string{fmt.Sprintf("person%06d@example.org", m.IntN(people-1))}
	}
	b, err := json.Marshal(a.d)
	if err != nil {
		panic(err) // a struct of ours
	}
	a.text = string(b)
	return a
}

func (a app) live() bool { return a.state == core.AppActive || a.state == core.AppIdle }

func (a app) built() bool { return a.live() || a.state == core.AppArchived }

// shelf is the world's packages: some names that nearly everybody uses, and a long
// tail, each in some versions.
type shelf struct{ packages [][]core.Component }

func (m *maker) shelf() shelf {
	var s shelf
	known := []string{"lodash", "express", "react", "qs", "minimist", "axios", "ms", "debug", "semver", "@angular/core"}
	for i := range 3000 {
		name := fmt.Sprintf("package-%d", i)
		if i < len(known) {
			name = known[i]
		}
		var versions []core.Component
		for v := range 6 + m.IntN(20) {
			versions = append(versions, core.Component{Ecosystem: "npm", Name: name, Version: fmt.Sprintf("%d.%d.%d", v/8, v%8, m.IntN(30))})
		}
		if name == "lodash" {
			versions = nil
			for _, v := range []string{"3.10.1", "4.0.0", "4.17.4", "4.17.10", "4.17.11", "4.17.15", "4.17.19", "4.17.20", "4.17.21", "4.17.21", "4.17.21", "5.0.0-beta.1"} {
				versions = append(versions, core.Component{Ecosystem: "npm", Name: name, Version: v})
			}
		}
		s.packages = append(s.packages, versions)
	}
	return s
}

// parts are what one build holds: indexes into the shelf.
func (m *maker) parts(s shelf, n int) [][2]int {
	seen := map[int]bool{}
	var out [][2]int
	for len(out) < n {
		p := m.skewed(len(s.packages))
		if m.IntN(10) < 3 {
			p = m.IntN(10)
		}
		if !seen[p] {
			seen[p] = true
			out = append(out, [2]int{p, m.IntN(len(s.packages[p]))})
		}
	}
	return out
}
