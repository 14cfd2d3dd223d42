package git

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of the talk between hook and server, and of what a maker is shown.
const (
	maxWire  = 2 << 20
	maxLines = 200
	maxLine  = 500 // runes
)

// Names of the hooks.
const (
	preReceive  = "pre-receive"
	postReceive = "post-receive"
)

// question is what a hook asks: one JSON object, then nothing.
type question struct {
	Token      string           `json:"token"`
	Hook       string           `json:"hook"`
	Quarantine string           `json:"quarantine"` // folder of the new objects; empty if none
	Updates    []core.RefUpdate `json:"updates"`
}

// reply is what the server answers: one JSON object.
type reply struct {
	Refuse bool     `json:"refuse"`
	Lines  []string `json:"lines"`
}

// readWire reads one JSON object of bounded size.
func readWire(r io.Reader, v any) error {
	lim := &io.LimitedReader{R: r, N: maxWire}
	err := json.NewDecoder(lim).Decode(v)
	if err != nil && lim.N == 0 {
		return errors.New("the message is too long")
	}
	return err
}

// clean makes text safe for a terminal: one line, no control characters.
func clean(s string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if n++; n > maxLine {
			return -1
		}
		if r == '\t' || r == '\n' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// cleanLines makes lines safe for a terminal, and few enough.
func cleanLines(lines []string) []string {
	var all []string
	for _, block := range lines {
		for line := range strings.SplitSeq(strings.TrimRight(block, "\n"), "\n") {
			if len(all) == maxLines {
				return append(all, "... and more.")
			}
			all = append(all, clean(line))
		}
	}
	return all
}
