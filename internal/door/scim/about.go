package scim

import (
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/scim"
)

func about(c call) error {
	return c.answer(http.StatusOK, scim.About(c.base(), c.d.BaseURL+"/docs"))
}

func resourceTypes(c call) error { return c.oneOf(scim.ResourceTypes(c.base())) }

func schemas(c call) error { return c.oneOf(scim.Schemas(c.base())) }

// oneOf answers with all of a short list, or with the one that is named.
func (c call) oneOf(all []map[string]any) error {
	name := c.r.PathValue("name")
	if name == "" {
		if c.r.URL.Query().Has("filter") { // RFC 7644, section 4
			return core.Errorf(core.Forbidden, "This list cannot be searched.").Hinted("Fetch all of it; it is short.")
		}
		return c.list(0, len(all), all)
	}
	for _, one := range all {
		if id, _ := one["id"].(string); strings.EqualFold(id, name) {
			return c.answer(http.StatusOK, one)
		}
	}
	return core.Errorf(core.NotFound, "There is no %.100q.", name)
}
