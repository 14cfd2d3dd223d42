package scim

import (
	"encoding/json"
	"regexp"
	"strings"

	filter "github.com/scim2/filter-parser/v2"
)

// The attributes that lists can be searched by.
const (
	ByID         = "id"
	ByUserName   = "username"
	ByExternalID = "externalid"
	ByEmail      = "emails.value"
	ByActive     = "active"
	ByName       = "displayname"
	ByMember     = "members.value"
)

// Term asks that an attribute has a value. Terms of one filter all hold.
type Term struct {
	Attr string // one of the By constants
	Text string
	Yes  bool // of ByActive
}

// UserFilter reads a filter over users. It understands eq, joined by and, over
// what is kept in an index: that is what providers ask, and no question walks
// through everybody.
func UserFilter(text string) ([]Term, error) {
	return parse(text, UserSchema, ByID, ByUserName, ByExternalID, ByEmail, ByActive)
}

// GroupFilter reads a filter over groups.
func GroupFilter(text string) ([]Term, error) {
	return parse(text, GroupSchema, ByID, ByName, ByExternalID, ByMember)
}

// workEmail is how Entra asks for somebody by e-mail; the grammar of RFC 7644 does
// not have it.
var workEmail = regexp.MustCompile(`(?i)^\s*emails\s*\[\s*type\s+eq\s+"work"\s*\]\s*\.value\s+eq\s`)

func parse(text, schema string, known ...string) ([]Term, error) {
	if fault := shallow(text, maxFilter); fault != "" {
		return nil, bad(InvalidFilter, "The filter %s.", fault)
	}
	e, err := filter.ParseFilter([]byte(workEmail.ReplaceAllString(strings.TrimSpace(text), "emails.value eq ")))
	if err != nil {
		return nil, bad(InvalidFilter, "The filter cannot be read.")
	}
	r := reader{schema: schema, known: known}
	if err := r.expression(e, ""); err != nil {
		return nil, err
	}
	if len(r.terms) == 0 {
		return nil, bad(InvalidFilter, "The filter asks for nothing that is kept.")
	}
	return r.terms, nil
}

// reader gathers the terms of a filter.
type reader struct {
	schema string
	known  []string
	terms  []Term
}

// expression reads one node; under is the attribute whose brackets it stands in.
func (r *reader) expression(e filter.Expression, under string) error {
	switch e := e.(type) {
	case *filter.LogicalExpression:
		if e.Operator != filter.AND {
			return bad(InvalidFilter, "The filter has %q; only eq and and are understood.", e.Operator)
		}
		if err := r.expression(e.Left, under); err != nil {
			return err
		}
		return r.expression(e.Right, under)
	case *filter.ValuePath:
		return r.expression(e.ValueFilter, r.name(e.AttributePath)+".")
	case *filter.AttributeExpression:
		return r.term(e, under)
	}
	return bad(InvalidFilter, "The filter has more than eq and and, which are understood.")
}

// name is an attribute in lower case, without our own schema before it.
func (r *reader) name(p filter.AttributePath) string {
	name := strings.ToLower(p.AttributeName)
	if sub := p.SubAttributeName(); sub != "" {
		name += "." + strings.ToLower(sub)
	}
	if uri := p.URI(); uri != "" && !strings.EqualFold(uri, r.schema) {
		name = strings.ToLower(uri) + ":" + name
	}
	return name
}

func (r *reader) term(e *filter.AttributeExpression, under string) error {
	name := under + r.name(e.AttributePath)
	switch name {
	case "members", "emails":
		name += ".value"
	}
	if e.Operator != filter.EQ {
		return bad(InvalidFilter, "The filter has %q; only eq and and are understood.", e.Operator)
	}
	if name == "emails.type" && under != "" { // says which of several, and there is one that counts
		return nil
	}
	fits := false
	for _, k := range r.known {
		fits = fits || k == name
	}
	if !fits {
		return bad(InvalidFilter, "Nobody can be searched by %q here; by: %s.", clip(name), strings.Join(r.known, ", "))
	}
	if len(r.terms) == maxTerms {
		return bad(InvalidFilter, "The filter has more than %d conditions.", maxTerms)
	}
	t := Term{Attr: name}
	var err error
	if name == ByActive {
		v := e.CompareValue
		if s, ok := unquote(v); ok {
			v = s
		}
		if t.Yes, err = yes("active", v); err != nil {
			return bad(InvalidFilter, "active is true or false.")
		}
	} else {
		s, ok := unquote(e.CompareValue)
		if !ok {
			return bad(InvalidFilter, "%s is compared with text in quotes.", name)
		}
		if t.Text, err = textOf(s); err != nil {
			return err
		}
	}
	r.terms = append(r.terms, t)
	return nil
}

func textOf(s string) (string, error) {
	out, err := text("A value of the filter", s)
	if err != nil {
		return "", bad(InvalidFilter, "A value of the filter cannot be one.")
	}
	return out, nil
}

// unquote reads a value that the parser took the quotes from, and nothing else.
func unquote(v any) (string, bool) {
	s, ok := v.(string)
	if !ok {
		return "", false
	}
	var out string
	err := json.Unmarshal([]byte(`"`+s+`"`), &out)
	return out, err == nil
}
