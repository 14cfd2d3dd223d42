package web

import (
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// isLive reports whether the app answers at its address.
func isLive(a view.App) bool {
	return a.State != core.AppArchived && slices.ContainsFunc(a.Deployments, func(d view.Deployment) bool { return d.State == core.DeployLive })
}

// canDeploy reports whether the page offers to deploy.
func canDeploy(f frame, a view.App) bool {
	runs := a.State == core.AppActive || a.State == core.AppIdle
	return runs && a.CanEdit && f.may("app.deploy") && len(a.Artifacts) > 0 && len(a.Targets) > 0
}

func stepsDone(steps []view.Step) int {
	n := 0
	for _, s := range steps {
		if s.Done {
			n++
		}
	}
	return n
}

func audienceTitle(audience string) string {
	switch audience {
	case "owners":
		return "Its owners"
	case "", "organisation":
		return "The organisation"
	case "public":
		return "Anybody"
	}
	return audience
}

// cloneCommands and pushCommands are what a maker pastes into a terminal. An
// app's name is a DNS label and a clone URL comes from this server.
func cloneCommands(a view.App) string {
	return "git clone " + a.CloneURL + "\ncd " + a.Name
}

func pushCommands() string {
	return "git switch -c my-change\ngit add -A\ngit commit -m \"What I changed\"\ngit push -u origin my-change"
}
