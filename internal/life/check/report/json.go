package report

import (
	"encoding/json"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
)

// JSON writes the report as it is, indented by two spaces.
func JSON(w io.Writer, r core.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}
