package run

import (
	"io/fs"
	"regexp"

	"github.com/paddock-dev/paddock/internal/core"
)

// Spec is one app version to run.
type Spec struct {
	AppID      core.ID
	Name       string
	Deployment core.ID
	Region     string // where it runs
	DataRegion string // where its data may go; empty means Region
	Worker     []byte // worker.js; empty for an app of static files only
	Public     fs.FS  // static files; nil for none
	Env        map[string]string
	Guardrails core.Guardrails
	// Vendors are the vendors this app declared and may use, each narrowed to
	// the hosts it declared. The gateway still checks state and regions.
	Vendors []core.Vendor
}

// DefaultGuardrails are the limits of an app that asks for nothing: a quarter
// of a core, memory that holds a hello app under load with room to spare, and
// few requests at a time, because one process has one thread for code.
func DefaultGuardrails() core.Guardrails {
	return core.Guardrails{CPUMillis: 250, MemoryMiB: 128, Concurrency: 32, TimeoutMS: 10_000, EgressKBps: 256, StorageMiB: 64}
}

// resolved fills the zeros of g with the defaults.
func resolved(g core.Guardrails) core.Guardrails {
	d := DefaultGuardrails()
	for _, f := range []struct{ v, def *int }{
		{&g.CPUMillis, &d.CPUMillis}, {&g.MemoryMiB, &d.MemoryMiB}, {&g.Concurrency, &d.Concurrency},
		{&g.TimeoutMS, &d.TimeoutMS}, {&g.EgressKBps, &d.EgressKBps}, {&g.StorageMiB, &d.StorageMiB},
	} {
		if *f.v <= 0 {
			*f.v = *f.def
		}
	}
	return g
}

var idPattern = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// checked returns s with defaults filled in. Ids become folder names, so they
// must be exactly ids.
func checked(s Spec) (Spec, error) {
	if !idPattern.MatchString(string(s.AppID)) {
		return s, core.Errorf(core.Invalid, "An app to run needs an id, not %q.", s.AppID)
	}
	if len(s.Worker) == 0 && s.Public == nil {
		return s, core.Errorf(core.Invalid, "App %q has nothing to run: no worker.js and no public files.", s.Name).Hinted("Build the app again.")
	}
	if s.DataRegion == "" {
		s.DataRegion = s.Region
	}
	s.Guardrails = resolved(s.Guardrails)
	return s, nil
}
