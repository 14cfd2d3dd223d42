package scim

import (
	"slices"
	"strings"
	"time"
)

// Meta is what the server says of a resource.
type Meta struct {
	ID       string
	Location string
	Created  time.Time
	Modified time.Time
}

// Shape says which attributes are wanted (RFC 7644, section 3.9).
type Shape struct {
	only, but []string
}

// ReadShape reads the words attributes and excludedAttributes.
func ReadShape(attributes, excluded string) (Shape, error) {
	if attributes != "" && excluded != "" {
		return Shape{}, bad(InvalidValue, "Either attributes or excludedAttributes, not both.")
	}
	if len(attributes)+len(excluded) > maxFilter {
		return Shape{}, bad(InvalidValue, "The list of attributes is too long.")
	}
	return Shape{only: names(attributes), but: names(excluded)}, nil
}

func names(list string) []string {
	var out []string
	for n := range strings.SplitSeq(list, ",") {
		n = strings.ToLower(strings.TrimSpace(n))
		for _, schema := range []string{UserSchema, GroupSchema} {
			n = strings.TrimPrefix(n, strings.ToLower(schema)+":")
		}
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

// Wants reports whether an attribute is wanted. The id always is.
func (s Shape) Wants(attr string) bool {
	attr = strings.ToLower(attr)
	if attr == "id" || attr == "schemas" {
		return true
	}
	if len(s.only) > 0 {
		return slices.ContainsFunc(s.only, func(n string) bool { return n == attr || strings.HasPrefix(n, attr+".") })
	}
	return !slices.Contains(s.but, attr)
}

// WriteUser is a user as it is answered.
func WriteUser(u User, m Meta, s Shape) map[string]any {
	out := resource(UserSchema, "User", m, s)
	put := func(name string, v any, there bool) {
		if there && s.Wants(name) {
			out[name] = v
		}
	}
	put("userName", u.UserName, true)
	put("externalId", u.ExternalID, u.ExternalID != "")
	put("displayName", u.DisplayName, u.DisplayName != "")
	put("active", u.Active, true)
	name := map[string]any{}
	for k, v := range map[string]string{"formatted": u.Name.Formatted, "givenName": u.Name.Given, "familyName": u.Name.Family} {
		if v != "" {
			name[k] = v
		}
	}
	put("name", name, len(name) > 0)
	emails := []map[string]any{}
	for _, e := range u.Emails {
		one := map[string]any{"value": e.Value}
		if e.Type != "" {
			one["type"] = e.Type
		}
		if e.Primary {
			one["primary"] = true
		}
		emails = append(emails, one)
	}
	put("emails", emails, len(emails) > 0)
	return out
}

// Member is somebody in a group, as it is answered.
type Member struct {
	Value   string `json:"value"`
	Display string `json:"display,omitempty"`
	Type    string `json:"type"`
	Ref     string `json:"$ref,omitempty"`
}

// WriteGroup is a group as it is answered.
func WriteGroup(g Group, members []Member, m Meta, s Shape) map[string]any {
	out := resource(GroupSchema, "Group", m, s)
	if s.Wants("displayName") {
		out["displayName"] = g.DisplayName
	}
	if g.ExternalID != "" && s.Wants("externalId") {
		out["externalId"] = g.ExternalID
	}
	if s.Wants("members") {
		out["members"] = append([]Member{}, members...)
	}
	return out
}

func resource(schema, kind string, m Meta, s Shape) map[string]any {
	out := map[string]any{"schemas": []string{schema}, "id": m.ID}
	if s.Wants("meta") {
		out["meta"] = map[string]any{"resourceType": kind, "location": m.Location, "created": m.Created.UTC().Format(time.RFC3339Nano), "lastModified": m.Modified.UTC().Format(time.RFC3339Nano)}
	}
	return out
}
