package licences

import (
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/spdx"
)

// Verdict is what becomes of a package under its licence, mildest first.
type Verdict int

// The verdicts. NotKnown is its own: nobody can say.
const (
	Allowed Verdict = iota
	NotKnown
	Asked
	Denied
)

// Rules are the rules for one app.
type Rules struct {
	layers []core.LicenceRules // the first that names a licence decides
	public bool
}

// NewRules returns the rules for an app. An app without a given audience is for
// the organisation.
func NewRules(l core.Licences, audience string, class core.Classification) Rules {
	if audience == "" {
		audience = "organisation"
	}
	return Rules{layers: l.For(audience, class), public: audience == "public"}
}

// unknown is what becomes of packages whose licence is not known.
func (r Rules) unknown() string {
	for _, l := range r.layers {
		if l.Unknown != "" {
			return l.Unknown
		}
	}
	return "ask"
}

// Judge reads what a package says of its licence. Of two joined by OR the milder
// counts, because one may choose; of two joined by AND the stricter. It returns
// the class of the licence that decided, too.
func (r Rules) Judge(licence string) (Verdict, spdx.Class) {
	e, ok := spdx.Parse(licence)
	if !ok {
		return NotKnown, spdx.Unknown
	}
	return r.judge(e)
}

func (r Rules) judge(e spdx.Expression) (Verdict, spdx.Class) {
	if e.Op == spdx.One {
		class := spdx.ClassOf(e)
		return r.one(e, class), class
	}
	best, class := r.judge(e.Parts[0])
	for _, p := range e.Parts[1:] {
		if v, c := r.judge(p); e.Op == spdx.Or && v < best || e.Op == spdx.And && v > best {
			best, class = v, c
		}
	}
	return best, class
}

func (r Rules) one(e spdx.Expression, class spdx.Class) Verdict {
	names := []string{e.ID}
	if e.Later {
		names = append(names, e.ID+"+", e.ID+"-or-later")
	}
	for _, l := range r.layers {
		for _, name := range append(names, string(class)) {
			switch {
			case slices.Contains(l.Deny, name):
				return Denied
			case slices.Contains(l.Ask, name):
				return Asked
			case slices.Contains(l.Allow, name):
				return Allowed
			}
		}
	}
	switch class {
	case spdx.Free, spdx.Weak:
		return Allowed
	case spdx.Copyleft:
		return Asked
	case spdx.Network:
		if r.public {
			return Denied
		}
		return Asked
	case spdx.Restricted:
		return Denied
	}
	return NotKnown
}
