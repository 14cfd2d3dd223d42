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

// The statuses of a statement.
const (
	NotAffected        = "not_affected"
	Affected           = "affected"
	Fixed              = "fixed"
	UnderInvestigation = "under_investigation"
)

var statuses = []string{NotAffected, Affected, Fixed, UnderInvestigation}

var justifications = []string{"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
	"vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"}

// Document is an OpenVEX document.
type Document struct {
	ID, Author, Role string
	Time             time.Time
	Statements       []Statement
	Digest           string // sha256:..., of its bytes
}

// Statement says what a vulnerability means for products.
type Statement struct {
	Vulnerability string   // its name
	Names         []string // all of its names, in upper case
	Products      []Product
	Status        string
	Justification string
	Impact        string
	Action        string
	Notes         string
	Time          time.Time // its own, or the document's
	Line          int
}

// Product is what a statement is about: itself, or subcomponents in it.
type Product struct {
	Thing
	Subcomponents []Thing
}

// Thing is a piece of software by its identifiers, each of which names it.
type Thing struct {
	PURLs   []PURL
	Digests []string // sha256:...
}

const context = "https://openvex.dev/ns"

// Parse reads one document. name is its file, for the places of faults; all of
// them are told at once. Errors: Invalid, Unreadable, TooLarge.
func Parse(name string, b []byte) (Document, error) {
	if len(b) > MaxSize {
		return Document{}, core.Errorf(core.TooLarge, "The document has %d bytes; %d are read.", len(b), MaxSize).Hinted("Split it.").At(name)
	}
	r := &reader{file: name, text: b}
	n, err := r.tree()
	if err != nil {
		return Document{}, err
	}
	d := r.document(n)
	sum := sha256.Sum256(b)
	d.Digest = "sha256:" + hex.EncodeToString(sum[:])
	slices.SortStableFunc(r.faults, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	var problems []*core.Error
	for _, f := range r.faults {
		problems = append(problems, f.err)
	}
	return d, core.Join(core.Invalid, "The OpenVEX document has faults:", problems)
}

func (r *reader) document(n *node) (d Document) {
	if !r.object(n, "The document", "@context", "@id", "author", "role", "timestamp", "last_updated", "version", "tooling", "supplier", "statements") {
		return d
	}
	if c := r.str(n, "@context", true); c != "" && c != context && c != context+"/v0.2.0" {
		r.fault(n.fields["@context"], "Write "+context+"/v0.2.0, and the document in that form.", "The form %.100q is not read.", c)
	}
	d.ID, d.Author, d.Role = r.str(n, "@id", true), r.str(n, "author", true), r.str(n, "role", false)
	r.str(n, "tooling", false)
	r.str(n, "supplier", false)
	d.Time, _ = r.time(n, "timestamp", true)
	r.time(n, "last_updated", false)
	for _, s := range r.list(n, "statements", maxStatements, true) {
		d.Statements = append(d.Statements, r.statement(s, d.Time))
	}
	return d
}

func (r *reader) time(n *node, key string, required bool) (time.Time, bool) {
	s := r.str(n, key, required)
	if s == "" {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 2000 || t.Year() > 9000 {
		r.fault(n.fields[key], "Write it like 2026-03-02T09:00:00Z.", "%.60q is not a moment.", s)
	}
	return t.UTC(), err == nil
}

func (r *reader) statement(n *node, t time.Time) (s Statement) {
	if !r.object(n, "The statement", "@id", "version", "vulnerability", "timestamp", "last_updated", "products", "status", "supplier", "status_notes",
		"justification", "impact_statement", "action_statement", "action_statement_timestamp") {
		return s
	}
	s.Time, s.Line = t, strings.Count(string(r.text[:n.at]), "\n")+1
	if own, ok := r.time(n, "timestamp", false); ok {
		s.Time = own
	}
	for _, key := range []string{"@id", "supplier"} {
		r.str(n, key, false)
	}
	r.time(n, "last_updated", false)
	r.time(n, "action_statement_timestamp", false)
	r.vulnerability(n, &s)
	for _, p := range r.list(n, "products", maxProducts, true) {
		s.Products = append(s.Products, r.product(p))
	}
	s.Status, s.Notes = r.str(n, "status", true), r.str(n, "status_notes", false)
	s.Justification, s.Impact, s.Action = r.str(n, "justification", false), r.str(n, "impact_statement", false), r.str(n, "action_statement", false)
	r.meaning(n, s)
	return s
}

// meaning checks what a status needs and what it must not have.
func (r *reader) meaning(n *node, s Statement) {
	oneOf := func(key, value string, of []string) {
		if value != "" && !slices.Contains(of, value) {
			hint := core.DidYouMean(value, of)
			if hint == "" {
				hint = "Use one of " + strings.Join(of, ", ") + "."
			}
			r.fault(n.fields[key], hint, "There is no %s %.60q.", key, value)
		}
	}
	oneOf("status", s.Status, statuses)
	oneOf("justification", s.Justification, justifications)
	for key, status := range map[string]string{"justification": NotAffected, "impact_statement": NotAffected, "action_statement": Affected} {
		if n.fields[key] != nil && slices.Contains(statuses, s.Status) && s.Status != status {
			r.fault(n.fields[key], "Remove it, or change the status.", "%q says nothing when the status is %s.", key, s.Status)
		}
	}
	switch {
	case s.Status == NotAffected && strings.TrimSpace(s.Justification+s.Impact) == "":
		r.fault(n, "Add justification, or impact_statement with your reasons.", "The statement says not_affected, but not why.")
	case s.Status == Affected && strings.TrimSpace(s.Action) == "":
		r.fault(n, "Add action_statement.", "The statement says affected, but not what to do.")
	}
}

func (r *reader) vulnerability(n *node, s *Statement) {
	v := n.fields["vulnerability"]
	if v == nil {
		r.fault(n, "Add it.", `The key "vulnerability" is missing.`)
		return
	}
	if !r.object(v, "The vulnerability", "@id", "name", "description", "aliases") {
		return
	}
	s.Vulnerability = r.str(v, "name", true)
	r.str(v, "description", false)
	s.Names = append(s.Names, strings.ToUpper(s.Vulnerability))
	if id := r.str(v, "@id", false); id != "" {
		s.Names = append(s.Names, strings.ToUpper(id))
	}
	for _, a := range r.list(v, "aliases", 50, false) {
		if t, ok := a.value.(string); ok && t != "" && len(t) <= maxText {
			s.Names = append(s.Names, strings.ToUpper(t))
		} else {
			r.fault(a, "Write it in quotes.", "An alias is not text.")
		}
	}
}

func (r *reader) product(n *node) (p Product) {
	if !r.object(n, "The product", "@id", "identifiers", "hashes", "supplier", "subcomponents") {
		return p
	}
	p.Thing = r.thing(n)
	for _, s := range r.list(n, "subcomponents", maxProducts, false) {
		if r.object(s, "The subcomponent", "@id", "identifiers", "hashes", "supplier") {
			p.Subcomponents = append(p.Subcomponents, r.thing(s))
		}
	}
	if n.fields["subcomponents"] != nil && len(p.Subcomponents) == 0 {
		r.fault(n.fields["subcomponents"], "Name at least one, or leave the key out.", "The list of subcomponents is empty.")
	}
	return p
}

// thing reads the identifiers of a product or a subcomponent.
func (r *reader) thing(n *node) (t Thing) {
	r.str(n, "supplier", false)
	id, known := r.str(n, "@id", false), false
	if id != "" {
		known = r.identify(n.fields["@id"], id, &t)
	}
	if f := n.fields["identifiers"]; f != nil && r.object(f, "The list of identifiers", "purl", "cpe22", "cpe23") {
		if purl := r.str(f, "purl", false); purl != "" {
			known = true
			if !r.identify(f.fields["purl"], purl, &t) {
				r.fault(f.fields["purl"], "It looks like pkg:npm/lodash@4.17.20.", "%.200q is not a package URL.", purl)
			}
		}
		known = known || len(f.keys) > 0
	}
	if f := n.fields["hashes"]; f != nil && f.kind == '{' {
		for _, k := range f.keys {
			v := r.str(f, k, true)
			known = true
			if (k == "sha-256" || k == "sha256") && v != "" {
				t.Digests = append(t.Digests, "sha256:"+strings.ToLower(v))
			}
		}
	} else if f != nil {
		r.fault(f, "Write it as { ... }.", "The hashes are not an object.")
	}
	if id == "" && !known {
		r.fault(n, "Add @id with its package URL.", "Nothing says which software is meant.")
	}
	return t
}

// identify reads an identifier: a package URL, or a digest. Others name nothing that
// this Paddock could know.
func (r *reader) identify(n *node, id string, t *Thing) bool {
	if strings.HasPrefix(id, "pkg:") {
		p, err := ParsePURL(id)
		if err != nil {
			r.fault(n, "It looks like pkg:npm/lodash@4.17.20.", "%.200q is not a package URL.", id)
			return true
		}
		t.PURLs = append(t.PURLs, p)
		if p.Type == "oci" && strings.HasPrefix(p.Version, "sha256:") {
			t.Digests = append(t.Digests, p.Version)
		}
		return true
	}
	if strings.HasPrefix(id, "sha256:") {
		t.Digests = append(t.Digests, strings.ToLower(id))
		return true
	}
	return false
}
