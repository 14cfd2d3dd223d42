package change

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// summary is what a maker reads in the terminal after a push.
func summary(app core.App, c core.Change, r core.Report) []string {
	lines := []string{""}
	blocking := 0
	for _, f := range r.Findings {
		if !f.Blocking {
			continue
		}
		blocking++
		if blocking > maxShown {
			continue
		}
		lines = append(lines, "  "+place(f)+": "+f.What, "    Why: "+f.Why)
		for _, step := range f.Fix {
			lines = append(lines, "    Fix: "+step)
		}
	}
	if blocking > maxShown {
		lines = append(lines, fmt.Sprintf("  ... and %d more.", blocking-maxShown))
	}
	for _, check := range r.Checks {
		for _, what := range check.Incomplete {
			lines = append(lines, fmt.Sprintf("  The check %q could not look at everything: %s", check.Name, what))
		}
	}
	head := map[core.Verdict]string{
		core.Passed:     "All checks passed.",
		core.Blocks:     fmt.Sprintf("%d findings stand in the way.", blocking),
		core.Incomplete: "The checks are not complete.",
	}[r.Verdict]
	if r.Verdict == core.Blocks && blocking == 1 {
		head = "One finding stands in the way."
	}
	lines = append([]string{"", fmt.Sprintf("Change %d of %s: %s", c.Number, app.Name, head)}, lines...)
	return append(lines, fmt.Sprintf("See the checklist: /apps/%s/changes/%d", app.Name, c.Number), "")
}

// descriptor returns what the app says of itself at a commit.
func (s *Service) descriptor(ctx context.Context, app core.ID, head string, r core.Report) (core.Descriptor, error) {
	if r.Descriptor != nil {
		return *r.Descriptor, nil
	}
	a, err := s.Store.App(ctx, app)
	if err != nil {
		return core.Descriptor{}, err
	}
	tree, err := s.Forge.Tree(ctx, a.Name, head)
	if err != nil {
		return core.Descriptor{}, err
	}
	b, err := fs.ReadFile(tree, "microapp.yaml")
	if err != nil {
		return core.Descriptor{}, core.Errorf(core.Unreadable, "microapp.yaml cannot be read at commit %s: %w", short(head), err)
	}
	d, _, err := catalog.ParseDescriptor("microapp.yaml", b)
	return d, err
}
