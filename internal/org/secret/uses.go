package secret

import (
	"slices"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

// Use says how often an app used a secret since the last reading.
type Use struct {
	AppID  core.ID
	Secret string
	Count  int64
	Last   int64 // Stamp of the last use
}

// maxUses bounds the pairs of app and secret that are counted between readings.
const maxUses = 100_000

type useKey struct {
	app    core.ID
	secret string
}

// uses counts in memory, so that a call to a vendor writes nothing.
type uses struct {
	mu    sync.Mutex
	table map[useKey]Use
}

func (u *uses) count(app core.ID, name string, at int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.table == nil {
		u.table = map[useKey]Use{}
	}
	key := useKey{app, name}
	one, ok := u.table[key]
	if !ok && len(u.table) >= maxUses {
		return
	}
	u.table[key] = Use{app, name, one.Count + 1, max(one.Last, at)}
}

// TakeUses returns the uses since it was last called, by app and secret, and
// starts again at zero. A crash loses what was not taken.
func (s *Service) TakeUses() []Use {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	var list []Use
	for _, u := range s.uses.table {
		list = append(list, u)
	}
	s.uses.table = nil
	slices.SortFunc(list, func(a, b Use) int {
		return strings.Compare(string(a.AppID)+"\x00"+a.Secret, string(b.AppID)+"\x00"+b.Secret)
	})
	return list
}
