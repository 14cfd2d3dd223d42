package audit

import (
	"encoding/json"

	"github.com/paddock-dev/paddock/internal/core"
)

// Without takes those values out of an opening that gone names, with their salts:
// nobody can tell any more what was committed to, and every proof holds. It
// returns what is left, as canonical JSON, and the paths that went. Errors:
// Unreadable for an opening that is not one of this package's.
func Without(opening string, gone func(path, value string) bool) (rest string, paths []string, err error) {
	var entries map[string]struct{ Salt, Value string }
	if err := json.Unmarshal([]byte(opening), &entries); err != nil {
		return opening, nil, unreadableOpening(opening)
	}
	all, kept := &sealer{}, &sealer{}
	for path, e := range entries {
		all.fields = append(all.fields, opened{path, e.Salt, e.Value})
	}
	if all.opening() != opening { // sorts the fields as well
		return opening, nil, unreadableOpening(opening)
	}
	for _, f := range all.fields {
		if gone(f.path, f.value) {
			paths = append(paths, f.path)
		} else {
			kept.fields = append(kept.fields, f)
		}
	}
	return kept.opening(), paths, nil
}

func unreadableOpening(opening string) error {
	return core.Errorf(core.Unreadable, "The opening of an event cannot be read: %.80q.", opening).Hinted("Run paddock audit verify.")
}
