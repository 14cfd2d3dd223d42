package cli

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	checkreport "github.com/paddock-dev/paddock/internal/life/check/report"
)

// explanation is a code of the catalogue as JSON.
type explanation struct {
	Code     string        `json:"code"`
	Check    string        `json:"check"`
	Severity core.Severity `json:"severity"`
	Title    string        `json:"title"`
	What     string        `json:"what"`
	Why      string        `json:"why"`
	Fix      []string      `json:"fix"`
}

// explain prints what a code means, with an example. Errors: NotFound with the
// nearest code.
func (c *checkPrint) explain(std IO, code string) error {
	t, ok := findings.Lookup(code)
	if !ok {
		return core.Errorf(core.NotFound, "There is no finding with the code %q.", code).Hinted("%s", nearestCode(code))
	}
	if c.toStdout("json") {
		f := findings.Sample(t)
		return printJSON(std, explanation{t.Code, t.Check, t.Severity, t.Title, f.What, f.Why, f.Fix})
	}
	color, width := std.terminal()
	return checkreport.Explain(std.Out, t, checkreport.TextOptions{Color: color, Width: width})
}

// nearestCode proposes the code that was probably meant.
func nearestCode(code string) string {
	var codes []string
	for _, t := range findings.All() {
		codes = append(codes, t.Code)
	}
	if guess := core.DidYouMean(code, codes); guess != "" {
		return guess
	}
	slices.Sort(codes)
	return "They are: " + strings.Join(codes, ", ") + "."
}
