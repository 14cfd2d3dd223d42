package scim

import "slices"

// MostResults bounds a page of a list.
const MostResults = 200

type m = map[string]any

// About says what the server can do (RFC 7643, section 5). base is where it
// answers for a provider; docs is where people read about it.
func About(base, docs string) map[string]any {
	no := m{"supported": false}
	return m{
		"schemas":          []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"documentationUri": docs,
		"patch":            m{"supported": true},
		"bulk":             m{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter":           m{"supported": true, "maxResults": MostResults},
		"changePassword":   no, "sort": no, "etag": no,
		"authenticationSchemes": []m{{"type": "oauthbearertoken", "name": "Access token", "description": "An access token with the scope scim, for this sign-in provider alone.", "primary": true}},
		"meta":                  m{"resourceType": "ServiceProviderConfig", "location": base + "/ServiceProviderConfig"},
	}
}

// ResourceTypes lists what there is (RFC 7643, section 6).
func ResourceTypes(base string) []map[string]any {
	one := func(name, endpoint, schema, about string) map[string]any {
		return m{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"}, "id": name, "name": name, "endpoint": endpoint, "description": about, "schema": schema,
			"schemaExtensions": []m{}, "meta": m{"resourceType": "ResourceType", "location": base + "/ResourceTypes/" + name}}
	}
	return []map[string]any{one("User", "/Users", UserSchema, "A person who signs in at the provider."), one("Group", "/Groups", GroupSchema, "A group of the provider, which may have roles here.")}
}

// Schemas lists the attributes that are kept (RFC 7643, section 7). Others are
// taken and dropped.
func Schemas(base string) []map[string]any {
	schema := func(id, name, about string, attrs ...m) map[string]any {
		return m{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"}, "id": id, "name": name, "description": about, "attributes": attrs,
			"meta": m{"resourceType": "Schema", "location": base + "/Schemas/" + id}}
	}
	return []map[string]any{
		schema(UserSchema, "User", "A person.",
			attr("userName", "string", "Unique at the provider, whatever its case.", "required", "unique"),
			attr("externalId", "string", "The provider's own name for the person.", "exact"),
			attr("displayName", "string", "The name that people read."),
			attr("active", "boolean", "False shuts the person out at once."),
			parted("name", "The name in parts.", false, attr("formatted", "string", "In full."), attr("givenName", "string", "Given name."), attr("familyName", "string", "Family name.")),
			parted("emails", "Addresses.", true, attr("value", "string", "The address."), attr("type", "string", "Such as work."), attr("primary", "boolean", "The main one."))),
		schema(GroupSchema, "Group", "A group of people.",
			attr("displayName", "string", "What the rules call the group. Unique at the provider.", "required", "unique"),
			attr("externalId", "string", "The provider's own name for the group.", "exact"),
			parted("members", "Who is in it: users, not groups.", true, attr("value", "string", "The user's id.", "exact"), attr("display", "string", "The user's name.", "read"))),
	}
}

func attr(name, kind, about string, marks ...string) m {
	out := m{"name": name, "type": kind, "description": about, "multiValued": false, "required": slices.Contains(marks, "required"), "caseExact": slices.Contains(marks, "exact"),
		"mutability": "readWrite", "returned": "default", "uniqueness": "none"}
	if slices.Contains(marks, "unique") {
		out["uniqueness"] = "server"
	}
	if slices.Contains(marks, "read") {
		out["mutability"] = "readOnly"
	}
	return out
}

func parted(name, about string, many bool, parts ...m) m {
	out := attr(name, "complex", about)
	out["multiValued"], out["subAttributes"] = many, parts
	return out
}
