package tour

import (
	"context"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// cloneOf clones a repository of the server.
func (r *road) cloneOf(ctx context.Context, who *visit.Person, repo, into string) (visit.Clone, error) {
	c := visit.Clone{Dir: r.work, Who: who}
	if _, err := c.Run(ctx, "clone", "-q", r.server.Base+"/git/"+repo+".git", into); err != nil {
		return c, err
	}
	c.Dir = filepath.Join(r.work, into)
	return c, nil
}
