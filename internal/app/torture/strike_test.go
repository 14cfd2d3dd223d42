package torture

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/fault"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// strike is one fault: what happens, and at which call. Calls are those that
// change files of the data folder, counted from the beginning of an act.
type strike struct {
	what string // see the constants; "" for nothing
	act  int    // acts that are begun before, counted in this life; 0 for the start of the process
	call int    // the number of the call from then on, from 1
	span int    // how many calls fail
	lies bool   // the storage says that it has synced, but has not

	cluster  *postgres.Cluster // if the database is PostgreSQL; calls are then writes to sockets
	database string

	acts   []act
	dir    string
	begun  int // acts
	said   int // lines that the child has written
	seen   int // calls since the act of the strike has begun
	total  int // calls in all
	struck bool
	failed error             // of the strike itself
	until  int               // number of the last act in which a call failed
	synced map[string][]byte // files as they were last made durable
}

// What may happen.
const (
	kill  = "kill"         // SIGKILL before the call
	tear  = "torn write"   // SIGKILL after half of it
	power = "power cut"    // SIGKILL, and everything that was not synced is lost
	eio   = "I/O error"    // some calls fail with EIO
	full  = "disk full"    // some writes fail with ENOSPC
	slow  = "slow storage" // each sync takes long

	lost    = "connection lost"     // the call fails; on PostgreSQL from here on
	unheard = "answer lost"         // a commit is done, but the connection ends before its answer
	dead    = "killed after commit" // the same, and SIGKILL
	ended   = "connections ended"   // all of them, by an administrator
	stopped = "database stopped"    // at once, and started again
)

func (s strike) String() string {
	if s.what == "" {
		return "no fault"
	}
	return fmt.Sprintf("%s at call %d of act %d, for %d calls", s.what, s.call, s.act, s.span)
}

func (s *strike) kills() bool { return slices.Contains([]string{kill, tear, power, dead}, s.what) }
func (s *strike) fails() bool {
	return slices.Contains([]string{eio, full, lost, unheard, ended, stopped}, s.what)
}

// counts reports whether a call is one of those that the strike counts.
func (s *strike) counts(c fault.Call) bool {
	if s.cluster == nil {
		return c.File() && below(c.Path, s.dir)
	}
	if !strings.HasPrefix(c.Path, "socket:") || c.Name != "write" {
		return false
	}
	return s.what != unheard && s.what != dead || bytes.Contains(bytes.ToLower(c.Data(64)), []byte("commit\x00"))
}

// begin prepares for one life of a child.
func (s *strike) begin(dir string, acts []act) error {
	s.dir, s.acts, s.synced = dir, acts, map[string][]byte{}
	if s.what != power {
		return nil
	}
	return s.files(func(path string) error {
		b, err := os.ReadFile(path)
		s.synced[path] = b
		return err
	})
}

// files does something for each file of the database.
func (s *strike) files(do func(path string) error) error {
	files, err := filepath.Glob(filepath.Join(s.dir, "paddock.db*"))
	for _, path := range files {
		err = errors.Join(err, do(path))
	}
	return err
}

// watch decides about the child's calls.
func (s *strike) watch(c fault.Call) fault.Verdict {
	if c.Fd == 1 && c.Name == "write" { // begin, done, begin, done ...
		if s.said++; s.said%2 == 1 {
			s.begun++
		}
		return fault.Verdict{}
	}
	if !s.counts(c) {
		return fault.Verdict{}
	}
	s.total++
	if s.what == power && c.Syncs() && !s.lies {
		s.synced[c.Path], _ = os.ReadFile(c.Path)
	}
	if s.begun < s.act {
		return fault.Verdict{}
	}
	s.seen++
	return s.verdict(c)
}

func (s *strike) verdict(c fault.Call) fault.Verdict {
	switch {
	case s.what == slow && c.Syncs():
		s.struck = true
		return fault.Verdict{Delay: 3 * time.Millisecond}
	case s.seen < s.call:
		return fault.Verdict{}
	case s.kills():
		s.struck = true
		return fault.Verdict{Kill: true, Tear: s.what == tear, Deaf: s.what == dead}
	case s.cluster != nil && s.fails() && s.seen == s.call:
		s.struck, s.until = true, s.begun
		return s.atDatabase()
	case s.cluster != nil:
		return fault.Verdict{}
	case s.fails() && s.seen < s.call+s.span:
		if s.what == full && (c.Syncs() || c.Name == "unlink") {
			return fault.Verdict{}
		}
		s.struck, s.until = true, s.begun
		return fault.Verdict{Errno: map[string]syscall.Errno{eio: syscall.EIO, full: syscall.ENOSPC}[s.what]}
	}
	return fault.Verdict{}
}

// atDatabase strikes the database or the connection to it.
func (s *strike) atDatabase() fault.Verdict {
	switch s.what {
	case lost:
		return fault.Verdict{Errno: syscall.EPIPE}
	case unheard:
		return fault.Verdict{Deaf: true}
	case ended:
		s.failed = s.cluster.EndConnections(s.database)
	case stopped:
		s.failed = errors.Join(s.cluster.Crash(), s.cluster.Resume())
	}
	return fault.Verdict{}
}

// end makes what is left of the files after a power cut.
func (s *strike) end(dir string) error {
	if s.what != power || !s.struck {
		return s.failed
	}
	return s.files(func(path string) error {
		b, ok := s.synced[path]
		if !ok || strings.HasSuffix(path, "-shm") {
			return os.Remove(path)
		}
		now, err := os.ReadFile(path)
		if err != nil || bytes.Equal(now, b) {
			return err
		}
		return os.WriteFile(path, b, 0o600)
	})
}

// grace is how many acts after the strike may fail too: none on PostgreSQL, where
// only what was under way may.
func (s *strike) grace() int {
	if s.cluster != nil {
		return 0
	}
	return 1
}

// recovered demands that once the calls work again, acts do: a fault that is
// over leaves nothing broken behind.
func (s *strike) recovered(j *journal, log string) error {
	for i, a := range s.acts {
		n := a.N
		if !j.begun[n] || !j.heard[n] || j.said[n] == "" || refused(j.said[n]) {
			continue
		}
		if !s.struck || !s.fails() || i+1 > s.until+s.grace() {
			return fmt.Errorf("%s failed as %s although nothing was wrong any more; log: %s", a, j.said[n], tail(log))
		}
		if s.what == full && j.said[n] != core.Unavailable {
			return fmt.Errorf("%s failed as %s while the disk was full, which says nothing to its user; log: %s", a, j.said[n], tail(log))
		}
	}
	return nil
}
