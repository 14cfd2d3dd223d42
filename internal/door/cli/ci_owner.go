package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// owner is somebody who decides on an app's pipelines.
type owner struct {
	Server
	App    string `arg:"" help:"Name of the app."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

type ciListCmd struct{ owner }

// Run implements the command.
func (c *ciListCmd) Run(ctx context.Context, std IO) error {
	var b strings.Builder
	if err := c.fetch(ctx, std, &b, nil, "apps", c.App); err != nil {
		return err
	}
	var a struct {
		Pipelines []view.Pipeline `json:"pipelines"`
	}
	if err := json.Unmarshal([]byte(b.String()), &a); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The server's answer cannot be read.", Hint: "Is it of the same version as this program?", Err: err}
	}
	if c.Format == "json" {
		return printJSON(std, a.Pipelines)
	}
	for _, p := range a.Pipelines {
		if err := printPipeline(std, p); err != nil {
			return err
		}
	}
	if len(a.Pipelines) == 0 {
		_, err := fmt.Fprintln(std.Out, "No pipeline acts for this app, or asks to.")
		return err
	}
	return nil
}

// printPipeline says what somebody must know who is to confirm a pipeline.
func printPipeline(std IO, p view.Pipeline) error {
	state := map[string]string{"asks": "asks to act", "security": "waits for the security team", "active": "active", "stopped": "stands still"}[p.State]
	pinned := "the repository's own"
	if p.WorkflowSHA != "" {
		pinned = "fixed at commit " + p.WorkflowSHA
	}
	where := p.Ref
	if p.Environment != "" {
		where += ", environment " + p.Environment
	}
	_, err := fmt.Fprintf(std.Out, "%s  %s\n  %s (id %s, owner's id %s) of %s\n  %s, set off by %s\n  workflow %s, %s\n", p.ID, state, p.Repository, p.RepositoryID, p.OwnerID, p.Issuer,
		where, strings.Join(p.Events, ", "), p.Workflow, pinned)
	if err == nil && p.Namesake {
		_, err = fmt.Fprintln(std.Out, "  Another repository of this name is connected already. It may have been deleted and made again.")
	}
	return err
}

type ciConfirmCmd struct {
	owner
	ID    string   `arg:"" help:"Id of the pipeline, from paddock ci list."`
	Event []string `help:"A further event that may set off a run, such as workflow_dispatch." placeholder:"EVENT"`
}

// Run implements the command.
func (c *ciConfirmCmd) Run(ctx context.Context, std IO) error {
	body, err := json.Marshal(map[string]any{"events": append([]string{}, c.Event...)})
	if err != nil {
		return core.Hidden("Confirming", err)
	}
	var p view.Pipeline
	if err := c.send(ctx, std, "application/json", body, &p, nil, "apps", c.App, "pipelines", c.ID, "confirm"); err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, p)
	}
	return printPipeline(std, p)
}

type ciRemoveCmd struct {
	owner
	ID string `arg:"" help:"Id of the pipeline, from paddock ci list."`
}

// Run implements the command.
func (c *ciRemoveCmd) Run(ctx context.Context, std IO) error {
	resp, err := c.ask(ctx, std, http.MethodDelete, "", nil, nil, []string{"apps", c.App, "pipelines", c.ID})
	if err != nil {
		return err
	}
	resp.Body.Close()
	if c.Format == "json" {
		return printJSON(std, problem{OK: true})
	}
	_, err = fmt.Fprintln(std.Out, "The pipeline is removed.")
	return err
}
