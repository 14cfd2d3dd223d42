// Package lint reports what cannot be read at all: scripts with typing errors
// and a microapp.yaml with faults, all of them at once. These block.
//
// It also says how pages, styles, settings and image recipes are written: what
// a reader or a browser will stumble over, and what shuts people out. That
// never blocks.
package lint

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Check reports the faults of the descriptor and the scripts. present says
// whether there is a descriptor; faults are what its reader found wrong.
func Check(ctx context.Context, t *tree.Tree, d microapp.File, present bool, faults []*core.Error, set *script.Set, ox Oxlint) findings.Result {
	var res findings.Result
	if !present {
		res.Add(findings.New("descriptor_missing", findings.At{Path: microapp.Name, Key: "missing"}))
	}
	for _, e := range flatten(faults) {
		res.Add(descriptorFault(d, e))
	}
	for _, f := range set.Faults {
		at := findings.At{Path: f.File.Path, Line: f.Line, Column: f.Column, Quote: f.File.Quote(f.Line, f.Column), Details: f.Text}
		res.Add(findings.New("script_invalid", at, "path", f.File.Path))
	}
	for _, why := range set.Unread {
		res.Missed("%s", why)
	}
	files, foreign, linted := style(ctx, &res, t, set, ox)
	res.Looked = fmt.Sprintf("%s of code and %s; %s for how they are written, %d that others or tools wrote left out; %s", findings.Count(set.Files, "file"), microapp.Name, findings.Count(files, "file"), foreign, linted)
	res.Seen = core.Coverage{Files: set.Files + files}
	return res
}

// flatten returns each single fault behind errors that hold several.
func flatten(faults []*core.Error) []*core.Error {
	var out []*core.Error
	for _, e := range faults {
		if e != nil && len(e.Problems) > 0 {
			out = append(out, flatten(e.Problems)...)
		} else if e != nil {
			out = append(out, e)
		}
	}
	return out
}

func descriptorFault(d microapp.File, e *core.Error) core.Finding {
	line, column := placeOf(d, e.Field)
	at := findings.At{Path: microapp.Name, Line: line, Column: column, Quote: d.Quote(line, column), Key: e.Msg}
	return findings.New("descriptor_invalid", at, "fault", e.Msg, "hint", cmp.Or(e.Hint, "Change this line."))
}

// placeOf reads path:line:column, path:line, line:column or a dotted key.
func placeOf(d microapp.File, field string) (line, column int) {
	parts := strings.Split(field, ":")
	numbers := make([]int, 0, 2)
	for _, p := range parts[max(0, len(parts)-2):] {
		if n, err := strconv.Atoi(p); err == nil && n > 0 {
			numbers = append(numbers, n)
		}
	}
	switch len(numbers) {
	case 2:
		return numbers[0], numbers[1]
	case 1:
		return numbers[0], 0
	}
	return d.Place(strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '/' })...)
}
