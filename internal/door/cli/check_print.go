package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	checkreport "github.com/paddock-dev/paddock/internal/life/check/report"
)

// checkPrint says how and where a report is written.
type checkPrint struct {
	Format []string `help:"How to print: text, json, sarif, junit, github, gitlab, markdown. Several at once, each into a file: --format text,sarif=out.sarif." default:"text" placeholder:"FORMAT[=FILE]"`
	Output string   `help:"Write to a file what would be printed." placeholder:"FILE"`
	All    bool     `help:"Every cause and every place in the text, not only the first five."`
}

// printed is one form of a report and where it goes; "" is standard output.
type printed struct{ format, file string }

// prints reads --format and --output. Errors: Invalid.
func (c *checkPrint) prints() ([]printed, error) {
	var out []printed
	open := ""
	for _, word := range c.Format {
		format, file, toFile := strings.Cut(word, "=")
		switch {
		case !checkreport.Known(format):
			return nil, core.Errorf(core.Invalid, "--format is %q, but must be one of: %s.", format, strings.Join(checkreport.Formats(), ", ")).
				Hinted("%s", core.DidYouMean(format, checkreport.Formats()))
		case toFile && file == "":
			return nil, core.Errorf(core.Invalid, "--format %s= names no file.", format).Hinted("Write --format %s=FILE.", format)
		case !toFile && open != "":
			return nil, core.Errorf(core.Invalid, "Both %s and %s would be printed.", open, format).Hinted("Give one of them a file: --format %s,%s=FILE.", open, format)
		case !toFile:
			open, file = format, c.Output
		}
		out = append(out, printed{format, file})
	}
	if open == "" && c.Output != "" {
		return nil, core.Errorf(core.Invalid, "--output %s has nothing to write: each --format has a file of its own.", c.Output).Hinted("Leave --output out.")
	}
	return out, nil
}

// print writes a report in each form. In GitHub's form it also adds the summary
// of the job, where GitHub asks for one.
func (c *checkPrint) print(std IO, prints []printed, r core.Report) error {
	color, width := std.terminal()
	for _, p := range prints {
		opt := checkreport.TextOptions{All: c.All}
		var err error
		if p.file == "" {
			opt.Color, opt.Width = color, width
			err = checkreport.Write(std.Out, p.format, r, opt)
		} else {
			err = writeWhole(std, p.file, func(w io.Writer) error { return checkreport.Write(w, p.format, r, opt) })
		}
		if err == nil && p.format == "github" {
			err = c.summary(std, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// summary adds the report to the file that GitHub names for the job's summary.
func (c *checkPrint) summary(std IO, r core.Report) error {
	if std.Env == nil {
		return nil
	}
	name, _ := std.Env("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(std.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The job's summary %q cannot be written: %s.", name, cause(err)), Hint: "Check the variable GITHUB_STEP_SUMMARY.", Err: err}
	}
	if err := checkreport.Markdown(f, r); err != nil {
		f.Close()
		return unwritable(name, err)
	}
	return f.Close()
}

// toStdout reports whether a form goes to standard output.
func (c *checkPrint) toStdout(format string) bool {
	prints, err := c.prints()
	for _, p := range prints {
		if p.format == format && p.file == "" {
			return true
		}
	}
	return err != nil && len(c.Format) == 1 && c.Format[0] == format
}
