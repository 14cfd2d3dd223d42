// Package data looks at what kinds of personal data an app holds, by the names
// in its tables, types, forms, samples and instructions for models, and holds
// that against what microapp.yaml says (NEW-3). It proposes the classification
// that fits. Values are looked at and never kept.
package data

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lex"
	"github.com/paddock-dev/paddock/internal/life/check/meter"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Input is what the check looks at.
type Input struct {
	Tree       *tree.Tree
	File       microapp.File
	Descriptor *core.Descriptor    // nil if it could not be read
	Most       core.Classification // that the app's template allows; empty for any
}

// Check reports each category of personal data that the app holds and does not
// declare, with the edit that declares it and raises the classification if it
// must be higher. Nothing of it blocks by itself: the rules see what was
// detected, and the starter's rules refuse health and payment data in apps that
// are called public or internal.
func Check(ctx context.Context, in Input) findings.Result {
	l, err := load()
	if err != nil {
		var res findings.Result
		res.Missed("the list of names could not be read")
		return res
	}
	c := &checker{lexicon: l, forms: forms(), seen: map[string][]place{}}
	c.res.Seen.Rules, c.res.Seen.RulesDigest, c.res.Seen.Data = len(l.sure)+len(l.maybe), digest(), l.date
	part := meter.Begin(ctx, "data", len(in.Tree.Files))
	defer part.End()
	for _, f := range in.Tree.Files {
		part.Step()
		if ctx.Err() != nil {
			c.res.Missed("the time ran out before %s", f.Path)
			break
		}
		c.res.Seen.Files++
		c.res.Seen.Bytes += int64(len(f.Text))
		if lex.RoleOf(f.Path) == lex.App && f.Path != microapp.Name {
			c.file(f)
		}
	}
	c.report(in)
	c.res.Looked = fmt.Sprintf("%s, %s of personal data in %s", findings.Count(c.fields, "field"), findings.Count(len(c.res.Detected.Data), "kind"), findings.Count(c.res.Seen.Files, "file"))
	return c.res
}

type checker struct {
	*lexicon
	res    findings.Result
	forms  []form
	fields int
	seen   map[string][]place // by category, in the order of files
}

// place is one field that holds a category.
type place struct {
	file   tree.File
	offset int
	name   string
}

// file looks at one file.
func (c *checker) file(f tree.File) {
	all, whole := c.read(f)
	if !whole {
		c.res.Missed("%s has more fields than are looked at", f.Path)
	}
	const perKind = 1_000_000 // groups of other readers come after those of schemas
	all = append(all, inputs(f, perKind)...)
	all = append(all, sample(f, perKind+1)...)
	all = append(all, objects(f, perKind+2)...)
	c.fields += len(all)
	groups := map[int][]field{}
	var order []int
	for _, x := range all {
		if groups[x.group] == nil {
			order = append(order, x.group)
		}
		groups[x.group] = append(groups[x.group], x)
	}
	for _, g := range order {
		c.group(f, groups[g])
	}
	c.prompts(f)
}

// group judges the fields of one table, type or form together: a name that
// alone could be anything counts if the others show that it is about people.
func (c *checker) group(f tree.File, fields []field) {
	person, thing := c.about(fields[0].entity)
	host := false
	known := map[string]bool{}
	for _, x := range fields {
		switch strings.ToLower(x.name) {
		case "host", "hostname", "port", "dsn", "dbname":
			host = true
		}
		if cat, sure := c.find(x.name); sure {
			known[cat] = true
		}
	}
	if !thing && (known["identity"] || known["children"] || known["health"]) {
		person = true
	}
	for _, x := range fields {
		cat, sure := c.find(x.name)
		switch {
		case cat == "" || !sure && !person:
		case cat == "credentials" && (host || thing || !person && !known["contact"] && !login(fields)):
			// how a program gets in somewhere, not how people do
		case thing && !sure:
		default:
			c.seen[cat] = append(c.seen[cat], place{f, x.offset, x.name})
			if w := parts(x.name); cat == "children" { // the e-mail of a parent is a contact too
				if more, sure := c.find(w[len(w)-1]); sure && more != cat {
					c.seen[more] = append(c.seen[more], place{f, x.offset, x.name})
				}
			}
		}
	}
}

// login reports whether fields are those by which a person signs in.
func login(fields []field) bool {
	return slices.ContainsFunc(fields, func(x field) bool {
		switch strings.ToLower(strings.ReplaceAll(x.name, "_", "")) {
		case "username", "login", "userid", "user":
			return true
		}
		return strings.HasPrefix(x.entity, "form")
	})
}

// prompts looks at long texts in code that tell a model what to do.
func (c *checker) prompts(f tree.File) {
	if !lex.Known(f.Path) || !anyOf(f.Text, []string{"prompt", "Prompt", "PROMPT", "instructions"}) ||
		!anyOf(f.Text, []string{"ou are", "our task", "xtract", "ummari", "u bist", "u es", "res un"}) {
		return
	}
	for _, s := range lex.Read(f.Path, f.Text) {
		text := f.Text[s.From:s.To]
		if s.Kind != lex.Text || len(text) < 40 || len(text) > 20_000 || !promptText().Match(text) {
			continue
		}
		for _, cat := range categories() {
			if re := prompt[cat]; re != nil {
				if m := re().FindIndex(text); m != nil {
					c.seen[cat] = append(c.seen[cat], place{f, s.From + m[0], string(text[m[0]:m[1]])})
				}
			}
		}
	}
}

// report holds what was seen against the descriptor.
func (c *checker) report(in Input) {
	proposed := core.Classification("")
	for _, cat := range categories() {
		if len(c.seen[cat]) > 0 {
			c.res.Detected.Data = append(c.res.Detected.Data, cat)
			if least(cat).AtLeast(proposed) || proposed == "" {
				proposed = least(cat)
			}
		}
	}
	if proposed != "" && slices.IndexFunc(core.Classifications, func(x core.Classification) bool { return x == proposed }) >= 0 {
		c.res.Detected.Proposed = proposed
	}
	slices.Sort(c.res.Detected.Data)
	d := in.Descriptor
	if d == nil {
		c.res.Missed("the data in %s could not be read", microapp.Name)
		return
	}
	var missing []string
	for _, cat := range c.res.Detected.Data {
		if !slices.Contains(d.Data, cat) {
			missing = append(missing, cat)
		}
	}
	c.undeclared(in, missing)
	for _, cat := range d.Data {
		if len(c.seen[cat]) == 0 {
			line, col := in.File.Place("data")
			c.res.Add(findings.New("data_unseen", findings.At{Path: microapp.Name, Line: line, Column: col, Quote: in.File.Quote(line, col), Key: cat}, "category", word(cat)))
		}
	}
}

// undeclared reports categories that are seen and not declared. The first
// finding of those that change the same line of the descriptor has the edit for
// all of them.
func (c *checker) undeclared(in Input, missing []string) {
	raise := c.raise(in)
	if in.File.Append(missing, "data") == nil {
		raise = nil // half of an edit is none
	}
	for i, cat := range missing {
		first := c.seen[cat][0]
		line, col := first.file.Place(first.offset)
		at := findings.At{Path: first.file.Path, Line: line, Column: col, Key: cat}
		if !sampleFile(first.file) {
			at.Quote = first.file.Quote(line, col)
		}
		edits := in.File.Append([]string{cat}, "data")
		if shared := len(edits) > 0 && (edits[0].Kind == core.EditReplace || edits[0].Line == 0); shared && i == 0 {
			edits = in.File.Append(missing, "data")
		} else if shared {
			edits = nil
		}
		at.Edits = edits
		code, needs := "data_undeclared", least(cat)
		if !in.Descriptor.Classification.AtLeast(needs) {
			code = "data_above_class"
			if (cat == "health" || cat == "payment") && !in.Descriptor.Classification.AtLeast(core.Restricted) {
				code = "data_found_above_classification" // as the starter's rule calls it, which makes it block
			}
			if needs == c.res.Detected.Proposed || len(raise) > 0 && i == len(missing)-1 {
				at.Edits, raise = append(at.Edits, raise...), nil
			}
		}
		c.res.Add(findings.New(code, at, "path", first.file.Path, "category", word(cat), "name", cat, "fields", c.names(cat), "class", string(in.Descriptor.Classification), "needs", string(needs)))
	}
}

// raise is the edit that gives the descriptor the proposed classification.
func (c *checker) raise(in Input) []core.Edit {
	now, want := in.Descriptor.Classification, c.res.Detected.Proposed
	if want == "" || !now.Valid() || now.AtLeast(want) || in.Most != "" && !in.Most.AtLeast(want) {
		return nil
	}
	return in.File.Replace(string(now), string(want), "classification")
}

// names writes the first fields of a category for people.
func (c *checker) names(cat string) string {
	var out []string
	for _, p := range c.seen[cat] {
		if name := "`" + strings.ReplaceAll(findings.Clean(p.name, 30), "`", "'") + "`"; !slices.Contains(out, name) && len(out) < 3 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// word is a category as people say it.
func word(cat string) string {
	switch cat {
	case "identity":
		return "personal"
	case "credentials":
		return "sign-in"
	case "children":
		return "children's"
	}
	return cat
}

// sampleFile reports whether a file holds values, which are never quoted.
func sampleFile(f tree.File) bool {
	switch f.Ext() {
	case ".csv", ".tsv", ".json", ".ndjson", ".jsonl", ".sql":
		return true
	}
	return false
}
