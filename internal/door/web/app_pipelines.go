package web

import (
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// confirmPipeline lets a pipeline act for the app.
func (p *Pages) confirmPipeline(w http.ResponseWriter, r *http.Request, who core.Person) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	name := r.PathValue("app")
	_, err := p.desk.ConfirmPipeline(r.Context(), who, name, core.ID(r.PathValue("id")), r.PostForm["event"])
	if problem := refusal(err); problem != nil {
		return p.showApp(w, r, who, problem)
	}
	return done(w, r, appPath(name), saidOf(err, didConnect))
}

// removePipeline ends a pipeline and its access tokens.
func (p *Pages) removePipeline(w http.ResponseWriter, r *http.Request, who core.Person) error {
	name := r.PathValue("app")
	err := p.desk.RemovePipeline(r.Context(), who, name, core.ID(r.PathValue("id")))
	if problem := refusal(err); problem != nil {
		return p.showApp(w, r, who, problem)
	}
	return done(w, r, appPath(name), saidOf(err, didDisconnect))
}

func pipelinePath(app string, id core.ID, act string) string {
	return appPath(app, "pipelines", string(id), act)
}

// forgeTitle names a forge as it does itself.
func forgeTitle(forge string) string {
	return map[string]string{core.ForgeGitHub: "GitHub", core.ForgeGitLab: "GitLab"}[forge]
}

// refTitle says a ref in words.
func refTitle(ref string) string {
	if branch, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return "branch " + branch
	}
	if tag, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
		return "tag " + tag
	}
	return ref
}

func pipelineBadge(p view.Pipeline) badge {
	switch p.State {
	case "active":
		return badge{"Active", "check", "ok"}
	case "asks":
		return badge{"Asks to act", "alert", "warn"}
	case "security":
		return badge{"Waits for security", "clock", "wait"}
	}
	return badge{"Stands still", "stop", "bad"}
}

// unmergedEvent reports whether an event runs code that nobody has merged.
func unmergedEvent(e string) bool { return e == "pull_request" || e == "merge_request_event" }

// connectCommand is what a maker adds to a workflow to connect it.
func connectCommand(a view.App) string {
	return "paddock ci connect --server " + strings.TrimSuffix(a.CloneURL, "/git/"+a.Name+".git") + " --app " + a.Name
}

func runsOf(p view.Pipeline) string {
	if p.Environment == "" {
		return refTitle(p.Ref)
	}
	return refTitle(p.Ref) + ", environment " + p.Environment
}

func runners(p view.Pipeline) string {
	if p.SelfHosted {
		return "the forge's, and your own"
	}
	return "the forge's only"
}

func confirmedBy(p view.Pipeline) string {
	if p.Security == "" {
		return p.Owner
	}
	return p.Owner + ", and for the security team " + p.Security
}
