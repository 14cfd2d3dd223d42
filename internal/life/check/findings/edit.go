package findings

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Steps says exact edits in words that a person can follow to the letter, one
// step for each edit. The sentences are a format: a program may read them.
func Steps(edits []core.Edit) []string {
	out := make([]string, len(edits))
	for i, e := range edits {
		out[i] = step(e)
	}
	return out
}

func step(e core.Edit) string {
	path := Verbatim(e.Path)
	switch e.Kind {
	case core.EditDelete:
		return fmt.Sprintf("Take out line %d of %s.", e.Line, path)
	case core.EditRemove:
		return fmt.Sprintf("Take out the file %s.", path)
	case core.EditAdd:
		if e.Line == 0 {
			return fmt.Sprintf("Add this line at the end of %s: %s", path, Verbatim(e.New))
		}
		return fmt.Sprintf("Add this line after line %d of %s: %s", e.Line, path, Verbatim(e.New))
	}
	if n := len(e.New) - len(e.Old); n > 0 && e.Column == 1 && e.New == strings.Repeat(" ", n)+e.Old {
		return fmt.Sprintf("Put %s at the start of line %d of %s.", Count(n, "blank"), e.Line, path)
	}
	if e.Old == "" {
		return fmt.Sprintf("In line %d of %s, put %s in place of columns %d to %d.", e.Line, path, Verbatim(e.New), e.Column, e.End-1)
	}
	return fmt.Sprintf("In line %d of %s, from column %d, change %s to %s.", e.Line, path, e.Column, Verbatim(e.Old), Verbatim(e.New))
}

// Verbatim marks text to be typed as it stands, as Markdown does: between back
// quotes, more of them than the text has in a row.
func Verbatim(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}
