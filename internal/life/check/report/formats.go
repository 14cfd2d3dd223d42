package report

import (
	"io"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Formats lists the names of all forms of a report.
func Formats() []string {
	return []string{"text", "json", "sarif", "junit", "github", "gitlab", "markdown"}
}

// Known reports whether there is a form of this name.
func Known(format string) bool { return slices.Contains(Formats(), format) }

// Write writes a report in one of Formats; opt is for text only.
func Write(w io.Writer, format string, r core.Report, opt TextOptions) error {
	switch format {
	case "json":
		return JSON(w, r)
	case "sarif":
		return SARIF(w, r)
	case "junit":
		return JUnit(w, r)
	case "github":
		return GitHub(w, r)
	case "gitlab":
		return GitLab(w, r)
	case "markdown":
		return Markdown(w, r)
	}
	return Text(w, r, opt)
}
