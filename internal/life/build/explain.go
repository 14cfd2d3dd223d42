package build

import (
	"errors"
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/paddock-dev/paddock/internal/core"
)

// explain turns esbuild's errors into words for makers. The strictest code of
// the refusals wins: a limit or a failed reading before Blocked.
func explain(messages []api.Message) error {
	var problems []*core.Error
	code := core.Blocked
	told := map[string]bool{}
	for _, m := range messages {
		p := problem(m)
		if told[p.Error()] || len(problems) == maxProblem {
			continue
		}
		told[p.Error()] = true
		if p.Code != core.Blocked && code == core.Blocked {
			code = p.Code
		}
		problems = append(problems, p)
	}
	return core.Join(code, "The app cannot be built.", problems)
}

func problem(m api.Message) *core.Error {
	place := ""
	if l := m.Location; l != nil {
		place = fmt.Sprintf("%s:%d:%d", strings.TrimPrefix(l.File, space+":"), l.Line, l.Column+1)
	}
	if err, ok := m.Detail.(error); ok {
		var known *core.Error
		if errors.As(err, &known) {
			if place != "" {
				known = known.At(place)
			}
			return known
		}
	}
	text := m.Text
	if strings.HasPrefix(text, "Could not resolve ") || m.Location == nil {
		return computed().At(place)
	}
	return core.Errorf(core.Blocked, "The code is not valid here: %.200s", strings.TrimSuffix(text, ".")+".").
		Hinted("Correct this line, or ask your copilot to.").At(place)
}

// computed refuses an import that esbuild looked for on this machine. Nothing of
// the machine may be told, not even which files it has.
func computed() *core.Error {
	return core.Errorf(core.Blocked, "An import puts its name together while the app runs.").
		Hinted("Import each file by its full name, starting with \"./\".")
}
