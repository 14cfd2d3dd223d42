package pipeline

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
)

// match says why a run is not one that a connection allows, or nil. That both are
// of one repository and owner was seen to before. The second value counts how far
// the run came, so that of several connections the nearest can speak.
func match(p core.Pipeline, c ci.Claims) (*core.Error, int) {
	tests := []func(core.Pipeline, ci.Claims) *core.Error{workflow, event, ref, environment, commitOf, runner}
	for i, test := range tests {
		if err := test(p, c); err != nil {
			return err, i
		}
	}
	return nil, len(tests)
}

// workflow wants the same file at the same ref; a pull request has a ref of its own.
func workflow(p core.Pipeline, c ci.Claims) *core.Error {
	want, got := p.Workflow, c.Workflow
	if p.Own() && c.Own && unmerged(c.Event) {
		want, _, _ = strings.Cut(want, "@")
		got, _, _ = strings.Cut(got, "@")
	}
	if p.Own() != c.Own || want != got {
		return refuse(WrongFlow, "The run's workflow is %s, but %s is connected.", placed(c.Own, c.Workflow), placed(p.Own(), p.Workflow)).Hinted("%s", again)
	}
	return nil
}

// commitOf pins a workflow of another repository to the commit that was confirmed.
// One of the repository's own must be of the run's own commit.
func commitOf(p core.Pipeline, c ci.Claims) *core.Error {
	switch {
	case !p.Own() && p.WorkflowSHA != c.WorkflowSHA:
		return refuse(ChangedFlow, "The workflow %s has changed: it is at the commit %.12s, but %.12s was confirmed.", p.Workflow, c.WorkflowSHA, p.WorkflowSHA).Hinted("%s", again)
	case p.Own() && c.WorkflowSHA != c.Commit:
		return refuse(ChangedFlow, "The workflow is of the commit %.12s, but the run is of %.12s.", c.WorkflowSHA, c.Commit).Hinted("Run the workflow of the commit that it builds.")
	}
	return nil
}

func event(p core.Pipeline, c ci.Claims) *core.Error {
	if slices.Contains(p.Events, c.Event) {
		return nil
	}
	err := refuse(WrongEvent, "The run was set off by %s, but only these count: %s.", c.Event, strings.Join(p.Events, ", "))
	if unmerged(c.Event) {
		return err.Hinted("Anybody can propose such code. Run it on a branch, or name the event on the app's page.")
	}
	return err.Hinted("%s", again)
}

func ref(p core.Pipeline, c ci.Claims) *core.Error {
	if p.Ref == c.Ref || unmerged(c.Event) { // the event is allowed by its name
		return nil
	}
	return refuse(WrongRef, "The run is of %s, but %s is connected.", c.Ref, p.Ref).Hinted("%s", again)
}

func environment(p core.Pipeline, c ci.Claims) *core.Error {
	if p.Environment == c.Environment {
		return nil
	}
	return refuse(WrongEnv, "The run is for %s, but %s is connected.", env(c.Environment), env(p.Environment)).Hinted("%s", again)
}

func runner(p core.Pipeline, c ci.Claims) *core.Error {
	if c.SelfHosted && !p.SelfHosted {
		return refuse(WrongRunner, "The run is on a runner of one's own, but only the forge's own runners are allowed.").Hinted("%s", again)
	}
	return nil
}

// unmerged reports whether an event runs code that nobody has merged.
func unmerged(event string) bool {
	return strings.HasPrefix(event, "pull_request") || event == "merge_request_event" || event == "external_pull_request_event"
}

func env(name string) string {
	if name == "" {
		return "no environment"
	}
	return "the environment \"" + name + "\""
}

func placed(own bool, workflow string) string {
	if own {
		return "the repository's own " + workflow
	}
	return workflow
}
