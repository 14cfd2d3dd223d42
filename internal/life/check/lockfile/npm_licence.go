package lockfile

import (
	"encoding/json"
	"strings"
)

// Licence accepts all the shapes npm packages have used: a text, {type}, and
// a list of either, of which any one may be chosen.
func Licence(raw json.RawMessage) string {
	if len(raw) == 0 || len(raw) > maxText {
		return ""
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	return licenceText(v)
}

func licenceText(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case map[string]any:
		s, _ := v["type"].(string)
		return strings.TrimSpace(s)
	case []any:
		var all []string
		for _, e := range v {
			if _, nested := e.([]any); nested {
				continue
			}
			if s := licenceText(e); s != "" {
				all = append(all, s)
			}
		}
		if len(all) > 1 {
			return "(" + strings.Join(all, " OR ") + ")"
		}
		return strings.Join(all, "")
	}
	return ""
}
