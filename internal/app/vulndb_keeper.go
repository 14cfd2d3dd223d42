package app

import (
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
)

// vulns is a server's vulnerability database. It is opened again when the file
// is another one, so that an import counts from the next check on.
type vulns struct {
	place  vulnPlace
	maxAge int
	log    *slog.Logger

	mu    sync.Mutex
	seen  bool
	stamp stamp
	known dependencies.Data
}

// stamp tells one file from another: an import puts a new file in place.
type stamp struct {
	there   bool
	size    int64
	changed time.Time
	file    os.FileInfo
}

func (s stamp) same(o stamp) bool {
	return s.there == o.there && s.size == o.size && s.changed.Equal(o.changed) && (!s.there || os.SameFile(s.file, o.file))
}

func newVulns(v cli.VulnDB, log *slog.Logger) (*vulns, error) {
	p, err := placeOf(v)
	return &vulns{place: p, maxAge: v.MaxAge, log: log}, err
}

// data returns what is known now. Checks under way keep the database they began
// with: it is closed when nobody holds it any more.
func (v *vulns) data() dependencies.Data {
	v.mu.Lock()
	defer v.mu.Unlock()
	var now stamp
	if st, err := os.Stat(v.place.path); err == nil {
		now = stamp{true, st.Size(), st.ModTime(), st}
	}
	if v.seen && now.same(v.stamp) && v.known.Fault == nil {
		return v.known
	}
	v.known = v.place.data(v.maxAge)
	v.seen, v.stamp = true, now
	switch {
	case v.known.Fault != nil:
		v.log.Error("the vulnerability database cannot be used; checks of packages are incomplete", "file", v.place.path, "err", core.AsError(v.known.Fault))
	case v.known.Starter:
		v.log.Warn("there is no vulnerability database; the small built-in list counts", "file", v.place.path)
	default:
		v.log.Info("vulnerability database opened", "file", v.place.path, "records", v.known.DB.Records(), "newest", v.known.DB.Date())
	}
	return v.known
}
