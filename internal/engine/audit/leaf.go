package audit

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// MaxLeaf is the largest leaf in bytes: tlog-tiles writes lengths in 16 bits.
const MaxLeaf = 65535

// leafVersion is the format that encode writes.
const leafVersion = 1

// encode returns the leaf of e and the opening of its personal fields. Both are
// canonical JSON (RFC 8785). The leaf always has the same keys:
//
//	{"action","actor":{"door","id","kind","name"},"app","at","code","data":{},"gate","id","target","v":1}
//
// name, target and each value in data are a string, or {"commit":"<hex>"} when
// they name a person. at is in microseconds since 1970, UTC. Equal events give
// equal leaves but for the salts, which are read from rand.
func encode(e core.Event, rand io.Reader) (leaf, opening string, err error) {
	s := &sealer{rand: rand}
	b := make([]byte, 0, 512)
	b = append(b, '{')
	b = appendField(b, "action", e.Action)
	b = append(b, `,"actor":{`...)
	b = appendField(b, "door", e.Actor.Door)
	b = append(b, ',')
	b = appendField(b, "id", string(e.Actor.ID))
	b = append(b, ',')
	b = appendField(b, "kind", string(e.Actor.Kind))
	b = append(b, `,"name":`...)
	b = s.value(b, "actor.name", e.Actor.Name, personalActor(e.Actor))
	b = append(b, "},"...)
	b = appendField(b, "app", string(e.AppID))
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, e.At, 10)
	b = append(b, ',')
	b = appendField(b, "code", e.Code)
	b = append(b, `,"data":`...)
	b = s.data(b, e.Data)
	b = append(b, ',')
	b = appendField(b, "gate", string(e.Gate))
	b = append(b, ',')
	b = appendField(b, "id", string(e.ID))
	b = append(b, `,"target":`...)
	b = s.value(b, "target", e.Target, hasEmail(e.Target))
	b = append(b, `,"v":`...)
	b = strconv.AppendInt(b, leafVersion, 10)
	b = append(b, '}')
	return string(b), s.opening(), s.err
}

func (s *sealer) value(b []byte, path, value string, personal bool) []byte {
	if personal {
		return s.append(b, path, value)
	}
	return appendString(b, value)
}

func (s *sealer) data(b []byte, data map[string]string) []byte {
	keys := make([]string, 0, len(data))
	for k := range data {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, k)
		b = append(b, ':')
		b = s.value(b, "data."+k, data[k], personalData(k, data[k]))
	}
	return append(b, '}')
}

// cleaned returns e with every text made storable, so that the leaf, its
// opening and the searchable columns agree.
func cleaned(e core.Event) core.Event {
	e.Action, e.Target, e.Code = clean(e.Action), clean(e.Target), clean(e.Code)
	e.ID, e.AppID, e.Gate = core.ID(clean(string(e.ID))), core.ID(clean(string(e.AppID))), core.Gate(clean(string(e.Gate)))
	e.Actor.Kind, e.Actor.ID = core.ActorKind(clean(string(e.Actor.Kind))), core.ID(clean(string(e.Actor.ID)))
	e.Actor.Name, e.Actor.Door = clean(e.Actor.Name), clean(e.Actor.Door)
	if len(e.Data) > 0 {
		data := make(map[string]string, len(e.Data))
		for k, v := range e.Data {
			data[k] = clean(v)
		}
		e.Data = data
	}
	return e
}

// checkEvent refuses events that the log could not hold or prove.
func checkEvent(e core.Event) error {
	if !dotted(e.Action) {
		return core.Errorf(core.Invalid, "audit event: action %q is not a dotted name such as app.create", e.Action).
			Hinted("Name the action with small letters, digits, dots and underscores.").At("action")
	}
	if e.At <= 0 || e.At >= 1<<53 {
		return core.Errorf(core.Invalid, "audit event %s: time %d is not in microseconds since 1970", e.Action, e.At).At("at")
	}
	for k := range e.Data {
		if !dotted(k) {
			return core.Errorf(core.Invalid, "audit event %s: data key %q is not a plain name", e.Action, k).
				Hinted("Use small letters, digits, dots and underscores, at most 64.").At("data")
		}
	}
	return nil
}

// dotted reports whether s is 1 to 64 small letters, digits, dots, dashes and underscores.
func dotted(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}
