package backup

import (
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store"
)

// class says how a file of the data folder is copied.
type class int

const (
	never    class = iota // made anew by the server, or not a file to keep
	plain                 // copied, and again if it changed
	refState              // the part of a repository that changes with acts
	record                // the main database: copied through SQL
	appDB                 // an app's own database: copied by SQLite's online backup
)

// classify looks at a path below the data folder, with slashes.
func classify(p string) class {
	top, rest, _ := strings.Cut(p, "/")
	base := path.Base(p)
	switch {
	case rest == "" && (p == databaseFile || strings.HasPrefix(p, databaseFile+"-")):
		return record
	case rest == "" && (p == store.MovedFile || strings.HasPrefix(p, databaseFile+".")): // of a database that was left behind
		return never
	case top == "run", rest == "" && (p == "lock" || p == "start.lock" || p == "hooks.sock"), rest == "" && isNote(p):
		return never
	case strings.HasPrefix(base, ".new-"): // half written, by any part of Paddock
		return never
	case top == "git":
		return classifyGit(rest)
	case top == "appdata" && strings.HasSuffix(base, ".sqlite"):
		return appDB
	case top == "appdata" && (strings.HasSuffix(base, "-wal") || strings.HasSuffix(base, "-shm") || strings.HasSuffix(base, "-journal")):
		return never
	}
	return plain
}

// isNote reports whether a file at the top belongs to a backup and not to an
// installation, as in a data folder that was restored by hand.
func isNote(p string) bool { return p == noteFile || p == listFile }

// classifyGit looks at a path below git/: repos/NAME.git/..., trash/..., hooks/, tmp/.
func classifyGit(p string) class {
	parts := strings.SplitN(p, "/", 4)
	base := path.Base(p)
	switch {
	case parts[0] == "tmp", parts[0] == "hooks": // made anew at each start
		return never
	case parts[0] != "repos" || len(parts) < 3:
		return plain
	case strings.HasSuffix(base, ".lock"):
		return never
	case parts[2] != "objects":
		return refState
	case strings.HasPrefix(base, "tmp_"), strings.HasPrefix(base, ".tmp-"), strings.HasPrefix(base, "incoming-"):
		return never // half written, or a push that nobody has judged yet
	}
	return plain
}
