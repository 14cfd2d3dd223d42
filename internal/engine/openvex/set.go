package openvex

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Source is a document with where it came from.
type Source struct {
	Document
	From string // who vouches for it here: "vex/lodash.json", or "ana@example.org"
}

// Entry is one statement of one document.
type Entry struct {
	Statement
	Author   string
	Document string // its @id
	From     string
}

// Set is statements in force. It never changes and is safe for concurrent use; a
// nil Set has none.
type Set struct {
	byName  map[string][]*Entry // by a vulnerability's names
	byThing map[string][]*Entry // by type and name of a package it is about
	sources []Source            // as they were given, sorted
	digest  string
}

// New makes a set. The same documents make the same set, in whatever order.
func New(sources []Source) *Set {
	s := &Set{byName: map[string][]*Entry{}, byThing: map[string][]*Entry{}}
	sources = slices.Clone(sources)
	slices.SortStableFunc(sources, func(a, b Source) int { return cmp.Or(cmp.Compare(a.Digest, b.Digest), cmp.Compare(a.From, b.From)) })
	s.sources = sources
	h := sha256.New()
	for _, src := range sources {
		h.Write([]byte(src.Digest + "\x00"))
		for _, st := range src.Statements {
			s.add(&Entry{Statement: st, Author: src.Author, Document: src.ID, From: src.From})
		}
	}
	if len(sources) > 0 {
		s.digest = "sha256:" + hex.EncodeToString(h.Sum(nil))
	}
	return s
}

func (s *Set) add(e *Entry) {
	names := slices.Compact(slices.Sorted(slices.Values(e.Names)))
	for _, n := range names {
		s.byName[n] = append(s.byName[n], e)
	}
	seen := map[string]bool{}
	for _, p := range e.Products {
		things := p.Subcomponents
		if len(things) == 0 {
			things = []Thing{p.Thing}
		}
		for _, t := range things {
			for _, u := range t.PURLs {
				if k := u.Type + "/" + u.Name; !seen[k] {
					seen[k] = true
					s.byThing[k] = append(s.byThing[k], e)
				}
			}
		}
	}
}

// Digest names the set by what is in it; "" for nothing.
func (s *Set) Digest() string {
	if s == nil {
		return ""
	}
	return s.digest
}

// Sources returns the documents of the set, of which New makes the same set again.
func (s *Set) Sources() []Source {
	if s == nil {
		return nil
	}
	return slices.Clone(s.sources)
}

// Subject is one component in one app. Commit and Artifact are empty where they
// are not known, or not yet.
type Subject struct {
	App, Commit, Artifact string
	Component             core.Component
}

// Judgement is what the statements say about one vulnerability of a subject.
type Judgement struct {
	SetAside bool
	By       Entry // the newest statement
}

// Skew is how far a statement's clock may be ahead.
const Skew = 5 * time.Minute

// Judge says what the statements mean for a vulnerability, by any of its names.
// ok is false if none is about it.
func (s *Set) Judge(sub Subject, names []string, now time.Time) (j Judgement, ok bool) {
	if s == nil {
		return j, false
	}
	var all []*Entry
	for _, n := range names {
		for _, e := range s.byName[strings.ToUpper(n)] {
			if !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	return judge(sub, all, now)
}

// About lists what the statements say about a component itself, by vulnerability.
// Statements about an app as a whole, which name no component, are not among them.
func (s *Set) About(sub Subject, now time.Time) []Judgement {
	if s == nil {
		return nil
	}
	var out []Judgement
	done := map[*Entry]bool{}
	for _, e := range s.byThing[sub.Component.Ecosystem+"/"+Name(sub.Component.Ecosystem, sub.Component.Name)] {
		if done[e] {
			continue
		}
		for _, n := range e.Names {
			for _, same := range s.byName[n] {
				done[same] = true
			}
		}
		if j, ok := s.Judge(sub, e.Names, now); ok {
			out = append(out, j)
		}
	}
	slices.SortFunc(out, func(a, b Judgement) int { return cmp.Compare(a.By.Vulnerability, b.By.Vulnerability) })
	return out
}

// judge lets the newest statements decide.
func judge(sub Subject, all []*Entry, now time.Time) (j Judgement, ok bool) {
	var newest []*Entry
	how := map[*Entry]certainty{}
	for _, e := range all {
		c := e.about(sub)
		if c == no || c == maybe && e.Status == NotAffected { // what may mean something else clears nothing here
			continue
		}
		how[e] = c
		if len(newest) > 0 {
			switch e.Time.Compare(newest[0].Time) {
			case -1:
				continue
			case 1:
				newest = nil
			}
		}
		newest = append(newest, e)
	}
	if len(newest) == 0 {
		return j, false
	}
	j = Judgement{SetAside: true, By: *newest[0]}
	for _, e := range newest {
		if !e.clears(how[e]) || e.Time.After(now.Add(Skew)) {
			return Judgement{By: *e}, true
		}
	}
	return j, true
}

// clears reports whether the statement, being about something as surely as c,
// sets it aside. That something is fixed can be said of a version only.
func (s *Statement) clears(c certainty) bool {
	return s.Status == NotAffected && c >= sure || s.Status == Fixed && c == exact
}

// about says how surely the statement is about the component: as the product, as
// a part of the app, or because everything in the app is meant.
func (s *Statement) about(sub Subject) certainty {
	component := PURL{Type: sub.Component.Ecosystem, Name: Name(sub.Component.Ecosystem, sub.Component.Name), Version: sub.Component.Version}
	app := PURL{Type: "generic", Name: "paddock/" + sub.App, Version: sub.Commit}
	best := no
	for _, p := range s.Products {
		whole, itself := p.covers(app), p.covers(component)
		if sub.Artifact != "" && slices.Contains(p.Digests, strings.ToLower(sub.Artifact)) {
			whole = exact
		}
		if len(p.Subcomponents) == 0 {
			best = max(best, whole, itself)
			continue
		}
		part := no
		for _, t := range p.Subcomponents {
			part = max(part, t.covers(component))
		}
		switch {
		case part == no:
		case whole == no: // a package that holds the component, perhaps within this app
			if slices.ContainsFunc(p.PURLs, func(u PURL) bool { return u.Type == component.Type }) {
				best = max(best, maybe)
			}
		case whole == maybe || part == maybe:
			best = max(best, maybe)
		default:
			best = max(best, whole, part)
		}
	}
	return best
}

func (t Thing) covers(at PURL) certainty {
	best := no
	for _, p := range t.PURLs {
		best = max(best, p.covers(at))
	}
	return best
}
