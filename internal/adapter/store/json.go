package store

import (
	"encoding/json"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// text encodes v as JSON for a TEXT column. The types stored are ours and
// always encode.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("store: a record does not encode: " + err.Error())
	}
	return string(b)
}

// read decodes a TEXT column; a damaged one yields the zero value, which fsck reports.
func read[T any](s string) T {
	var v T
	_ = json.Unmarshal([]byte(s), &v)
	return v
}

func joinRoles(roles []core.Role) string {
	s := make([]string, len(roles))
	for i, r := range roles {
		s[i] = string(r)
	}
	return strings.Join(s, ",")
}

func splitRoles(s string) []core.Role {
	var roles []core.Role
	for _, r := range strings.Split(s, ",") {
		if r != "" {
			roles = append(roles, core.Role(r))
		}
	}
	return roles
}

func joinIDs(ids []core.ID) string {
	s := make([]string, len(ids))
	for i, id := range ids {
		s[i] = string(id)
	}
	return strings.Join(s, ",")
}

func splitIDs(s string) []core.ID {
	var ids []core.ID
	for id := range strings.SplitSeq(s, ",") {
		if id != "" {
			ids = append(ids, core.ID(id))
		}
	}
	return ids
}
