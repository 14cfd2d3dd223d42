package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// course shows a course: its lessons and its quiz (WFL-2).
func (p *Pages) course(w http.ResponseWriter, r *http.Request, who core.Person) error {
	c, state, err := p.desk.Course(r.Context(), who, r.PathValue("course"))
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, coursePage(p.frame(r, c.Title, ""), quiz{course: c, state: state}))
}
