package code

import (
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/script"
)

// pageRule finds scripts that a page loads from elsewhere without saying what
// they must be.
func pageRule(p *script.Page) []core.Finding {
	var out []core.Finding
	for _, t := range p.Tags {
		if t.Name != "script" || t.Attrs["integrity"] != "" {
			continue
		}
		u, err := url.Parse(t.Attrs["src"])
		if err != nil || u.Host == "" || !(u.Scheme == "" || strings.HasPrefix(u.Scheme, "http")) {
			continue
		}
		line, col := p.File.Place(t.Offset)
		out = append(out, findings.New("code_script_unpinned", findings.At{Path: p.File.Path, Line: line, Column: col, Quote: p.File.Quote(line, col)}, "host", u.Hostname()))
	}
	return out
}
