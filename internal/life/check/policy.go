package check

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/meter"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
)

// policy asks the merge rules, after all other checks.
func (r *run) policy(ctx context.Context) {
	soFar := r.report()
	r.one("policy", func() findings.Result { return r.merge(ctx, soFar) })
}

func (r *run) merge(ctx context.Context, soFar core.Report) findings.Result {
	res := findings.Result{Looked: "no rules"}
	p := r.in.Policy
	if p == nil {
		p = r.engine.opt.Policy
	}
	r.lowered(&res)
	switch {
	case p == nil:
		res.Missed("no rules were given")
		return res
	case r.descriptor == nil:
		res.Missed("%s could not be read, and the rules need it", microapp.Name)
		return res
	}
	part := meter.Begin(ctx, "policy", 0)
	v, revision, err := p.Merge(ctx, soFar)
	part.End()
	if err != nil {
		r.engine.opt.Log.ErrorContext(ctx, "the merge rules failed", "err", err)
		res.Missed("the rules could not be asked")
		return res
	}
	r.revision = revision
	res.Looked = "the merge rules, revision " + cmp.Or(brief(revision), "unknown")
	if from, warning := policyFrom(r.in.RulesFrom); from != "" {
		res.Looked += ", " + from
		res.Seen.RulesFrom, res.Seen.Warning = r.in.RulesFrom, warning
	}
	for _, reason := range v.Deny {
		res.Add(r.said("policy_denied", reason))
	}
	for _, reason := range v.Warn {
		res.Add(r.said("policy_warned", reason))
	}
	return res
}

// policyFrom says in words where rules come from, and what to think of it.
func policyFrom(from string) (words, warning string) {
	switch from {
	case "":
		return "", ""
	case "server":
		return "as the server has them", ""
	case "cache":
		return "as the server had them; it was not asked", "the server was not asked: its rules may be others by now"
	}
	return "as they come with Paddock; the server's could not be had", "the server's rules could not be had: it may say otherwise"
}

// said turns what a rule says into a finding. The rule's own code and steps
// are kept; the rest of the words are the catalogue's.
func (r *run) said(text string, reason core.Reason) core.Finding {
	at := findings.At{Key: reason.Code + "\x00" + reason.Path, Details: reason.Rule}
	at.Path, at.Line = splitPlace(reason.Path)
	if f, ok := r.tree.Find(at.Path); ok && at.Line > 0 {
		at.Quote = f.Quote(at.Line, 1)
	}
	f := findings.New(text, at, "message", reason.Message)
	f.Code = cmp.Or(reason.Code, f.Code)
	if reason.Fix != "" {
		f.Fix = []string{findings.Clean(reason.Fix, 300)}
	}
	if t, ok := findings.Lookup(f.Code); ok {
		f.Docs = t.Docs()
	}
	return f
}

// splitPlace reads path:line.
func splitPlace(s string) (path string, line int) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0
	}
	n, err := strconv.Atoi(s[i+1:])
	if err != nil || n < 0 {
		return s, 0
	}
	return s[:i], n
}

// lowered reports a classification below the one on main.
func (r *run) lowered(res *findings.Result) {
	if r.in.Base == nil || r.descriptor == nil {
		return
	}
	before := r.baseDescriptor()
	if before == nil || !before.Classification.Valid() || r.descriptor.Classification.AtLeast(before.Classification) {
		return
	}
	line, col := r.file.Place("classification")
	at := findings.At{Path: microapp.Name, Line: line, Column: col, Quote: r.file.Quote(line, col), Key: string(r.descriptor.Classification)}
	res.Add(findings.New("classification_lowered", at, "now", string(r.descriptor.Classification), "before", string(before.Classification)))
}

// baseDescriptor returns main's descriptor, or nil if there is none that can be
// read: a first change has none.
func (r *run) baseDescriptor() *core.Descriptor {
	info, err := fs.Stat(r.in.Base, microapp.Name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := r.in.Base.Open(microapp.Name)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }() // opened for reading only
	text, err := io.ReadAll(io.LimitReader(f, 1_000_000))
	if err != nil {
		return nil
	}
	d, faults := r.read(text)
	if len(faults) > 0 {
		return nil
	}
	return d
}

// sameCause reports whether another check already found what a rule says, at
// the same place, or at a place where the rule names none.
func sameCause(rule core.Finding, all []core.Finding) bool {
	return slices.ContainsFunc(all, func(f core.Finding) bool {
		return f.Check != rule.Check && f.Code == rule.Code && (f.Path == rule.Path && f.Line == rule.Line || rule.Line == 0 && f.Blocking)
	})
}

// brief is the part of a revision that people compare.
func brief(revision string) string {
	r := strings.TrimPrefix(revision, "sha256:")
	return r[:min(12, len(r))]
}
