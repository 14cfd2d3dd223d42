package audit_test

import (
	"slices"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// What is left of an opening is byte for byte what it was, without the others.
func TestWithout(t *testing.T) {
	const a, b = `"actor.name":{"salt":"00","value":"ana@example.org"}`, `"data.x_email":{"salt":"01","value":"bob \"B\" \u0001<>"}`
	for _, c := range []struct {
		opening string
		gone    []string
		want    string
	}{
		{"{}", []string{"actor.name"}, "{}"},
		{"{" + a + "," + b + "}", nil, "{" + a + "," + b + "}"},
		{"{" + a + "," + b + "}", []string{"actor.name"}, "{" + b + "}"},
		{"{" + a + "," + b + "}", []string{"actor.name", "data.x_email"}, "{}"},
	} {
		got, paths, err := audit.Without(c.opening, func(path, _ string) bool { return slices.Contains(c.gone, path) })
		if err != nil || got != c.want || (c.opening != "{}" && !slices.Equal(paths, c.gone)) {
			t.Errorf("%s: %s %v %v", c.opening, got, paths, err)
		}
	}
	for _, bad := range []string{"", "x", "{" + b + "," + a + "}", `{"a":{"salt":"00","value":"b","more":1}}`, `{"a": {"salt":"00","value":"b"}}`} {
		if rest, _, err := audit.Without(bad, func(string, string) bool { return true }); core.CodeOf(err) != core.Unreadable || rest != bad {
			t.Errorf("%s: %s %v", bad, rest, err)
		}
	}
}
