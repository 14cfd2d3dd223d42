package tour

import (
	"context"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// lodash is a dependency with known holes, as npm writes it into a lockfile.
const lodash = `{
  "name": "candidate-tracker",
  "lockfileVersion": 3,
  "requires": true,
  "packages": {
    "": { "name": "candidate-tracker", "dependencies": { "lodash": "4.17.20" } },
    "node_modules/lodash": { "version": "4.17.20", "license": "MIT" }
  }
}
`

// reportBlocks pushes a commit with three faults of different kinds. The report
// blocks, and each finding says what, why and how to fix it.
func reportBlocks(ctx context.Context, r *road) (evidence, error) {
	if err := visit.First(r.tree.Edit("microapp.yaml", "region: eu-sovereign", "region: us-west-2\nimage: docker.io/library/node:20"),
		r.tree.Write("package-lock.json", lodash), r.tree.Write("package.json", "{\n  \"name\": \"candidate-tracker\",\n  \"private\": true,\n  \"dependencies\": { \"lodash\": \"4.17.20\" }\n}\n"),
		r.tree.Commit(ctx, "Move the tracker and add lodash")); err != nil {
		return nil, err
	}
	said, err := r.tree.Run(ctx, "push", "-q", "origin", "improve")
	if err != nil {
		return nil, err
	}
	c, err := r.checked(ctx, r.app, 1)
	if err != nil {
		return nil, err
	}
	r.change = c.Number
	kinds := map[string]bool{}
	for _, f := range c.Findings {
		if !f.Blocking {
			continue
		}
		kinds[f.Check] = true
		if err := visit.Must(f.What != "" && f.Why != "" && len(f.Fix) > 0, "finding %s lacks what, why or fix", f.Code); err != nil {
			return nil, err
		}
	}
	err = visit.First(visit.Must(c.Verdict == core.Blocks, "the report is %q", c.Verdict), visit.Must(!c.Ready, "the change is ready to merge"),
		visit.Must(kinds["regions"] && kinds["images"] && kinds["dependencies"], "the findings are of the kinds %v", kinds),
		visit.Must(strings.Contains(said, "lodash"), "the terminal says nothing of lodash: %s", said))
	if err != nil {
		return nil, err
	}
	if _, err := visit.Refused(r.merge(ctx, r.app, c), core.Denied); err != nil {
		return nil, err
	}
	return evidence{"verdict": c.Verdict, "blocking findings": findings(c), "merge": "refused"}, nil
}

// checked waits for the report of a change.
func (r *road) checked(ctx context.Context, app string, number int) (view.Change, error) {
	var c view.Change
	err := visit.Until(ctx, patience, fmt.Sprintf("the report of change %d", number), func() (bool, error) {
		err := r.maker.Call(ctx, "GET", fmt.Sprintf("/apps/%s/changes/%d", app, number), nil, &c)
		return c.Verdict != "", err
	})
	return c, err
}

func (r *road) merge(ctx context.Context, app string, c view.Change) error {
	return r.maker.Call(ctx, "POST", fmt.Sprintf("/apps/%s/changes/%d/merge", app, c.Number), map[string]string{"head": c.Head}, nil)
}

func findings(c view.Change) []string {
	var out []string
	for _, f := range c.Findings {
		if f.Blocking {
			out = append(out, fmt.Sprintf("%s (%s:%d)", f.Code, f.Path, f.Line))
		}
	}
	return out
}
