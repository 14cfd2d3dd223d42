package desk

import (
	"bytes"
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/life/check/report"
)

// CheckFiles checks files that the caller sends, by the rules in force, and
// forgets them: as those of an app, or, without a name, as a new one's. It returns
// the report in one of report.Formats. Errors: NotFound for an app that the caller
// may not see; those of unsaved.Check.
func (d *Desk) CheckFiles(ctx context.Context, who core.Person, app, format, mediaType string, body []byte) ([]byte, error) {
	var a *core.App
	if app == "" {
		if err := authz.Can(who, authz.CheckRun, nil); err != nil {
			return nil, err
		}
	} else {
		found, err := d.app(ctx, who, app, authz.CheckRun)
		if err != nil {
			return nil, err
		}
		a = &found
	}
	r, err := d.Unsaved.Check(ctx, who, a, mediaType, body)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := report.Write(&b, format, r, report.TextOptions{All: true}); err != nil {
		return nil, core.Hidden("Writing the report", err)
	}
	return b.Bytes(), nil
}
