package policy

import (
	"context"

	"github.com/open-policy-agent/opa/v1/ast"
)

// eachImage asks an allow rule that reads the app once for each image of the
// workload, as if it were the app's. So a rule about an app's image, which knows
// nothing of Kubernetes, also holds for what a cluster is to run. A workload
// without images is asked about once, with none.
func (r *run) eachImage(ctx context.Context, q *question, p *part, input *ast.Term, out *partial) error {
	images := imagesIn(input)
	if len(images) == 0 {
		images = []string{""}
	}
	app := q.of(input)
	for _, image := range images {
		said := len(out.verdicts.Deny)
		if err := r.one(ctx, q, p, withImage(app, image), out); err != nil {
			return err
		}
		for i := said; i < len(out.verdicts.Deny); i++ {
			out.verdicts.Deny[i].Path = clip(image)
		}
	}
	return nil
}

// imagesIn lists the images of the workload.
func imagesIn(input *ast.Term) (out []string) {
	list := input.Value.(ast.Object)
	found, err := list.Find(ast.Ref{ast.StringTerm("workload"), ast.StringTerm("images")})
	if err != nil {
		return nil
	}
	entries, ok := found.(*ast.Array)
	if !ok {
		return nil
	}
	entries.Foreach(func(t *ast.Term) {
		if entry, ok := t.Value.(ast.Object); ok {
			if image := entry.Get(ast.StringTerm("image")); image != nil {
				if s, ok := image.Value.(ast.String); ok {
					out = append(out, string(s))
				}
			}
		}
	})
	return out
}

// withImage is the app with another image.
func withImage(app *ast.Term, image string) *ast.Term {
	own, ok := app.Value.(ast.Object)
	if !ok {
		return app
	}
	out := ast.NewObject(ast.Item(ast.StringTerm("image"), ast.StringTerm(image)), ast.Item(ast.StringTerm("image_reg"), ast.StringTerm(Registry(image))))
	own.Foreach(func(k, v *ast.Term) {
		if out.Get(k) == nil {
			out.Insert(k, v)
		}
	})
	return ast.NewTerm(out)
}
