package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// change shows one change with its checklist.
func (p *Pages) change(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showChange(w, r, who, nil)
}

// showChange shows the change of the path, with the problem of an act that
// was refused, if there is one.
func (p *Pages) showChange(w http.ResponseWriter, r *http.Request, who core.Person, problem *core.Error) error {
	c, err := p.findChange(r.Context(), who, r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if problem != nil {
		p.record(r, problem)
		status = statusOf(problem)
	}
	title := "Change " + strconv.Itoa(c.Number) + " of " + c.App
	return p.show(w, r, status, changePage(p.frame(r, title, "/").with(problem), c))
}

func (p *Pages) findChange(ctx context.Context, who core.Person, r *http.Request) (view.Change, error) {
	number, err := changeNumber(r)
	if err != nil {
		return view.Change{}, err
	}
	return p.desk.Change(ctx, who, r.PathValue("app"), number)
}

func changeNumber(r *http.Request) (int, error) {
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || n < 1 {
		return 0, core.Errorf(core.NotFound, "There is no change %q.", r.PathValue("number")).
			Hinted("Changes are numbered 1, 2, 3. Open the app to see them.")
	}
	return n, nil
}
