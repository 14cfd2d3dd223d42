package workerd

import (
	"regexp"

	"github.com/paddock-dev/paddock/internal/core"
)

// Launch says what to start. Its fields are those of run.Launch, so that the
// wiring converts one into the other without either package importing the other.
type Launch struct {
	AppID      core.ID
	Name       string
	Deployment core.ID
	Script     []byte            // worker.js, an ES module
	Env        map[string]string // text bindings
	Limits     core.Guardrails   // resolved: no zeros
	Sockets    string            // folder with data.sock and egress.sock listening; in.sock appears there
	Scratch    string            // folder of the engine's own, private to this start
	// Log receives one line the app printed; level is log, warn or error.
	Log func(level, text string)
}

var bindingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

func (l Launch) validate() error {
	if len(l.Script) == 0 {
		return core.Errorf(core.Invalid, "App %q has no worker.js to run.", l.Name).Hinted("Build the app again.")
	}
	for name := range l.Env {
		if !bindingName.MatchString(name) || name == "DB" {
			return core.Errorf(core.Invalid, "App %q cannot have a setting named %q.", l.Name, name).
				Hinted("Use letters, digits and _ only, and a name other than DB.")
		}
	}
	if l.Limits.MemoryMiB < 32 || l.Limits.CPUMillis < 10 {
		return core.Errorf(core.Invalid, "App %q has limits too small to start: %d MiB, %d thousandths of a core.",
			l.Name, l.Limits.MemoryMiB, l.Limits.CPUMillis).Hinted("Give it at least 32 MiB and 10 thousandths of a core.")
	}
	return nil
}
