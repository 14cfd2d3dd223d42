package app

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/change"
	"github.com/paddock-dev/paddock/internal/life/check/apart"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
)

// CheckArg is the hidden argument that makes this program check one tree in a
// confined process.
const CheckArg = "check-child"

// CheckChild is the work of that process; it returns its exit code.
func CheckChild(in io.Reader, out, errs io.Writer) int {
	if err := apart.Child(in, out, apart.Hands{Descriptor: change.Describe, Advisories: advisories}); err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	return 0
}

// vulnPlaceWire tells that process where the vulnerability database is.
type vulnPlaceWire struct {
	Path, Keys, Trusted string
	Named               bool
	MaxAge              int
}

// told says where the database is. It looks at it first, so that the server's log
// says what is there.
func (v *vulns) told() []byte {
	v.data()
	w := vulnPlaceWire{Path: v.place.path, Keys: v.place.keys, Trusted: v.place.trusted, Named: v.place.named, MaxAge: v.maxAge}
	for _, p := range []*string{&w.Path, &w.Keys, &w.Trusted} {
		if *p == "" {
			continue
		}
		whole, err := filepath.Abs(*p) // that process works in another folder
		if err != nil {
			return nil // which advisories refuses
		}
		*p = whole
	}
	b, err := json.Marshal(w)
	if err != nil {
		return nil
	}
	return b
}

// advisories opens the database that told told of.
func advisories(place []byte) dependencies.Data {
	var w vulnPlaceWire
	if err := json.Unmarshal(place, &w); err != nil {
		return dependencies.Data{Fault: core.Errorf(core.Internal, "Nobody said where the vulnerability database is.")}
	}
	return vulnPlace{path: w.Path, named: w.Named, keys: w.Keys, trusted: w.Trusted}.data(w.MaxAge)
}
