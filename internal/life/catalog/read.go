package catalog

import (
	"maps"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// readFile reads one YAML file into the struct out points to. found are the
// faults of reading; err means that nothing could be read.
func readFile(path string, b []byte, out any) (doc *strict.Doc, found []*core.Error, err error) {
	doc, err = strict.Read(path, b)
	if err != nil {
		return nil, nil, err
	}
	return doc, doc.Decode(out), nil
}

// placed replaces the key in each fault by path:line:column, and drops faults
// about a value that reading has already refused.
func placed(doc *strict.Doc, f faults) []*core.Error {
	refused := map[string]bool{}
	for _, e := range doc.Faults() {
		refused[e.Field] = true
	}
	var out []*core.Error
	for _, e := range f {
		at := doc.Place(e.Field)
		if refused[at] {
			continue
		}
		out = append(out, e.At(at))
	}
	return out
}

// required notes every key that is missing, in a fixed order.
func required(f *faults, missing map[string]bool) {
	for _, key := range slices.Sorted(maps.Keys(missing)) {
		if missing[key] {
			f.add(key, "Add a line that starts with "+key+":", "The key %q is missing.", key)
		}
	}
}
