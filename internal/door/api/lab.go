package api

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

func (a *API) lab() {
	op(a, "POST", "/lab/clock", "move-clock", "Laboratory only: move the clock forward", row{"lab", "lab.clock", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Body struct {
				Hours float64 `json:"hours" minimum:"0" maximum:"87600"`
			}
		}) (*body[struct {
			Now time.Time `json:"now"`
		}], error) {
			now, err := a.desk.MoveClock(ctx, who, time.Duration(in.Body.Hours*float64(time.Hour)))
			return answer(struct {
				Now time.Time `json:"now"`
			}{now}, err)
		})
	op(a, "POST", "/lab/sources/{name}", "set-source", "Laboratory only: make a source of facts unreadable, or readable again", row{"lab", "lab.source", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Name string `path:"name"`
			Body struct {
				Readable bool `json:"readable"`
			}
		}) (*none, error) {
			return done(a.desk.SetSource(ctx, who, in.Name, in.Body.Readable))
		})
}
