package history

import (
	"cmp"
	"context"
	"errors"
)

// plan is what is to be read: every version once, in the order of commits, and
// before it those that it changes, if they are older than the range.
type plan struct {
	ids     []string
	files   []version // of the same index
	commit  []string  // that brought it; empty for one that is only learned
	commits int
	kinds   kinds
}

// maxVersions bounds the plan.
const maxVersions = 2_000_000

var errTooMany = errors.New("there are more versions of files than can be searched")

func (r *repository) plan(ctx context.Context, args []string, message func(id, text string)) (plan, error) {
	p := plan{kinds: kinds{}}
	known := map[string]bool{}
	err := r.commits(ctx, args, func(c commit) error {
		p.commits++
		message(c.id, c.message)
		for _, f := range c.files {
			p.add(known, f, c.id)
		}
		if len(p.ids) > maxVersions {
			return errTooMany
		}
		return nil
	})
	return p, err
}

// add plans one version. A content is known by what kind of file it is.
func (p *plan) add(known map[string]bool, f version, commit string) {
	kind := p.kinds.of(f.path)
	if f.new == "" || known[kind+f.new] {
		return
	}
	for _, id := range f.old {
		if !known[kind+id] {
			known[kind+id] = true
			p.push(id, version{path: f.path, new: id}, "")
		}
	}
	known[kind+f.new] = true
	p.push(f.new, f, cmp.Or(commit, "staged"))
}

func (p *plan) push(id string, f version, commit string) {
	p.ids, p.files, p.commit = append(p.ids, id), append(p.files, f), append(p.commit, commit)
}
