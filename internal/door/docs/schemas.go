package docs

import (
	"io/fs"
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// schema serves a JSON Schema: of a file that people write (paddock.json), of the
// input of a gate (gate-app.deploy.json), or of any gate's (gate-input.json).
func (d *Door) schema(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	b := schemaNamed(name)
	if b == nil {
		d.fail(w, r, core.Errorf(core.NotFound, "There is no schema %.60q.", name).Hinted("%s", core.DidYouMean(name, schemaNames())))
		return
	}
	w.Header().Set("Content-Type", "application/schema+json")
	w.Header().Set("Cache-Control", "no-cache")
	if _, err := w.Write(b); err != nil {
		edge.Note(r.Context(), err)
	}
}

func schemaNamed(name string) []byte {
	if name == "gate-input.json" {
		return policy.InputSchema()
	}
	if gate, ok := strings.CutPrefix(strings.TrimSuffix(name, ".json"), "gate-"); ok && strings.HasSuffix(name, ".json") {
		return policy.InputSchemaFor(core.Gate(gate))
	}
	b, err := fs.ReadFile(catalog.Schemas(), name)
	if err != nil {
		return nil
	}
	return b
}

func schemaNames() []string {
	out := []string{"gate-input.json"}
	for _, g := range core.Gates {
		out = append(out, "gate-"+string(g)+".json")
	}
	out = append(out, "gate-"+string(policy.Authz)+".json")
	files, err := fs.Glob(catalog.Schemas(), "*.json")
	if err != nil {
		return out
	}
	return append(out, files...)
}
