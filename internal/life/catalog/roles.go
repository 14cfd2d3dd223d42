package catalog

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// GroupRole gives the people of a group roles.
type GroupRole struct {
	Provider string      `yaml:"provider" required:"true" doc:"Name of the sign-in provider in the server's identity file."`
	Group    string      `yaml:"group" required:"true" doc:"The group as the provider writes it, letter by letter. Entra writes object ids."`
	Roles    []core.Role `yaml:"roles" required:"true" enum:"maker,platform,security,data-owner,privacy,finance,auditor" doc:"The roles of everybody in the group."`
}

// longestGroup bounds a group's name.
const longestGroup = 256

// GroupRoles returns the roles of groups. The settings must be valid.
func (s Settings) GroupRoles() core.GroupRoles {
	out := make(core.GroupRoles, len(s.Roles))
	for _, r := range s.Roles {
		out[core.Group{Provider: r.Provider, Name: r.Group}] = r.Roles
	}
	return out
}

func (s Settings) checkRoles(f *faults) {
	seen := map[core.Group]bool{}
	for i, r := range s.Roles {
		key := fmt.Sprintf("roles.%d", i)
		if r.Provider == "" {
			f.add(key, "Add provider: and its name in the server's identity file.", "The entry names no provider.")
		} else {
			f.check(key+".provider", CheckName(r.Provider))
		}
		if r.Group == "" {
			f.add(key, "Add group: and its name at the provider.", "The entry names no group.")
		} else if !goodGroup(r.Group) {
			f.add(key+".group", "Write it as the provider does: at most 256 letters, none of them invisible.", "%q cannot be a group.", clipped(r.Group))
		}
		if len(r.Roles) == 0 {
			f.add(key, "Add roles: "+rolesList()+".", "The group %q of %q has no roles.", clipped(r.Group), clipped(r.Provider))
		}
		for j, role := range r.Roles {
			if slices.Index(r.Roles, role) < j {
				f.add(fmt.Sprintf("%s.roles.%d", key, j), "Keep one of them.", "The role %q is there twice.", role)
			}
		}
		group := core.Group{Provider: r.Provider, Name: r.Group}
		if seen[group] {
			f.add(key+".group", "Put all its roles into one entry.", "The group %q of %q is there twice.", clipped(r.Group), clipped(r.Provider))
		}
		seen[group] = true
	}
}

func goodGroup(s string) bool {
	return len(s) <= longestGroup && utf8.ValidString(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func rolesList() string {
	words := make([]string, len(core.Roles))
	for i, r := range core.Roles {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}
