package script

import (
	"bytes"
	"context"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/paddock-dev/paddock/internal/life/check/meter"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Set is what the scripts and pages of a tree are like, read once. Nothing of a
// script is kept but what is wrong with it.
type Set struct {
	Pages  []*Page
	Faults []Fault  // typing errors
	Warned []Fault  // what can be read and is most likely not meant so
	Unread []string // scripts that could not be read, and why
	Files  int      // script files and pages looked at
}

// Read reads the scripts and pages of a tree, in order. Declaration files of
// TypeScript (.d.ts) are read too; they hold no code.
func Read(ctx context.Context, t *tree.Tree) *Set {
	s := &Set{}
	part := meter.Begin(ctx, "lint", len(t.Files))
	defer part.End()
	for _, f := range t.Files {
		part.Step()
		loader, code := loaders[f.Ext()]
		page := f.Ext() == ".html" || f.Ext() == ".htm"
		if !code && !page {
			continue
		}
		if ctx.Err() != nil {
			s.Unread = append(s.Unread, "the time ran out before "+f.Path)
			return s
		}
		s.Files++
		if page {
			s.page(f)
		} else {
			s.take(f, f.Text, loader)
		}
	}
	return s
}

func (s *Set) page(f tree.File) {
	p, whole := readPage(f)
	if !whole {
		s.Unread = append(s.Unread, f.Path+" could not be read to its end")
	}
	s.Pages = append(s.Pages, p)
	p.parse(s)
}

func (s *Set) take(f tree.File, text []byte, loader api.Loader) {
	warned, fault, err := parseText(f, text, loader)
	switch {
	case err != nil:
		s.Unread = append(s.Unread, f.Path+" could not be read: "+err.Error())
	case fault != nil && declaration(f.Path):
		// Types alone: nothing in it runs, and its readers are more lenient.
	case fault != nil && bytes.Contains(f.Line(fault.Line), []byte("{{")):
		s.Unread = append(s.Unread, f.Path+" is a template, not a script yet")
	case fault != nil:
		s.Faults = append(s.Faults, *fault)
	default:
		s.Warned = append(s.Warned, warned...)
	}
}

// Is reports whether a file is a script by its name.
func Is(f tree.File) bool { _, ok := loaders[f.Ext()]; return ok }

// declaration reports whether a file holds types alone.
func declaration(name string) bool {
	return strings.HasSuffix(name, ".d.ts") || strings.HasSuffix(name, ".d.mts") || strings.HasSuffix(name, ".d.cts")
}
