// Package regions holds the places an app names against the places it may use
// (RUN-5): its own region in microapp.yaml, and the regions of AWS, Azure and
// Google Cloud that its code and settings point to.
package regions

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Input is what the check looks at.
type Input struct {
	Tree       *tree.Tree
	Scripts    *script.Set
	File       microapp.File
	Descriptor *core.Descriptor // nil if it could not be read
	Template   []string         // regions the app's template allows; empty for no template
	Allowed    []string         // regions the organisation allows; empty if not known
}

// allowed returns the regions that template and organisation both allow.
func (in Input) allowed() []string {
	switch {
	case len(in.Template) == 0:
		return in.Allowed
	case len(in.Allowed) == 0:
		return in.Template
	}
	var both []string
	for _, r := range in.Template {
		if slices.Contains(in.Allowed, r) {
			both = append(both, r)
		}
	}
	return both
}

// Check reports the app's own region and every region named in code and
// settings that is not allowed. Each region is reported once a file.
func Check(ctx context.Context, in Input) findings.Result {
	c := &checker{allowed: in.allowed(), scanner: scanner{known()}}
	c.res.Looked = fmt.Sprintf("%s, allowed: %s", findings.Count(len(in.Tree.Files), "file"), strings.Join(c.allowed, ", "))
	if len(in.Template) == 0 && len(in.Allowed) == 0 {
		c.res.Missed("no allowed regions were given")
		return c.res
	}
	c.descriptor(in)
	for _, s := range in.Scripts.Scripts {
		c.script(s)
	}
	for _, f := range in.Scripts.Faults {
		c.res.Missed("%s could not be read, because of a typing error", f.File.Path)
	}
	for _, why := range in.Scripts.Unread {
		c.res.Missed("%s", why)
	}
	for _, f := range in.Tree.Files {
		if ctx.Err() != nil {
			c.res.Missed("the time ran out before %s", f.Path)
			break
		}
		if setting(f) {
			c.settings(f)
		}
	}
	return c.res
}

type checker struct {
	res     findings.Result
	allowed []string
	scanner scanner
	seen    map[string]bool
}

func (c *checker) list() string {
	if len(c.allowed) == 0 {
		return "none"
	}
	return "`" + strings.Join(c.allowed, "`, `") + "`"
}

func (c *checker) descriptor(in Input) {
	d := in.Descriptor
	if d == nil || d.Region == "" {
		c.res.Missed("the region in %s could not be read", microapp.Name)
		return
	}
	if slices.Contains(c.allowed, d.Region) {
		return
	}
	line, col := in.File.Place("region")
	c.res.Add(findings.New("region_not_allowed", findings.At{Path: microapp.Name, Line: line, Column: col, Quote: in.File.Quote(line, col), Key: d.Region}, "region", d.Region, "allowed", c.list()))
}

// report adds a finding for a region that is not allowed, once a file.
func (c *checker) report(f tree.File, region string, line, col int) {
	if slices.Contains(c.allowed, region) || c.seen[f.Path+" "+region] {
		return
	}
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[f.Path+" "+region] = true
	c.res.Add(findings.New("region_reference", findings.At{Path: f.Path, Line: line, Column: col, Quote: f.Quote(line, col), Key: region}, "path", f.Path, "region", region, "allowed", c.list()))
}

// script looks at the texts in a script, not at its comments.
func (c *checker) script(s *script.Script) {
	script.Texts(s, func(text string, data []byte) {
		for _, m := range c.scanner.scan(text) {
			line, col := s.Place(s.Offset(data))
			c.report(s.File, m.region, line, col)
		}
	})
}

// settings looks at a text file without its comments.
func (c *checker) settings(f tree.File) {
	text := string(f.Text)
	if hashComments(f) {
		text = blankComments(text)
	}
	for _, m := range c.scanner.scan(text) {
		line, col := f.Place(m.offset)
		c.report(f, m.region, line, col)
	}
}

var settingExts = []string{".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".conf", ".env", ".properties", ".xml", ".tf", ".tfvars", ".hcl", ".bicep", ".sh", ".html", ".htm", ".sql", ".py"}

// setting reports whether a file is read as settings: not the descriptor,
// which has its own rule, and not lists of packages, whose names may look like
// regions.
func setting(f tree.File) bool {
	base := strings.ToLower(path.Base(f.Path))
	switch {
	case f.Path == microapp.Name, base == "package-lock.json", base == "pnpm-lock.yaml":
		return false
	case strings.HasPrefix(base, ".env"), strings.HasPrefix(base, "dockerfile"), base == "makefile":
		return true
	}
	return slices.Contains(settingExts, f.Ext())
}

func hashComments(f tree.File) bool {
	switch f.Ext() {
	case ".json", ".xml", ".html", ".htm", ".sql", ".bicep":
		return false
	}
	return true
}

// blankComments turns what follows a # at the start of a line or after a space
// into spaces, so that places stay as they are.
func blankComments(s string) string {
	b := []byte(s)
	comment := false
	for i, c := range b {
		switch {
		case c == '\n':
			comment = false
		case c == '#' && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t' || s[i-1] == '\n'):
			comment = true
		}
		if comment {
			b[i] = ' '
		}
	}
	return string(b)
}
