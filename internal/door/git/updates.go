package git

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of what git tells a hook.
const (
	maxUpdates = 1000
	maxRefName = 1024
)

var (
	idRE       = regexp.MustCompile(`^[0-9a-f]{40}$`)
	errUpdates = errors.New("git told the hook something that it cannot read")
)

// parseUpdates reads a hook's standard input: "old new ref" lines (githooks(5)).
func parseUpdates(r io.Reader) ([]core.RefUpdate, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxRefName+100)
	var all []core.RefUpdate
	for lines.Scan() {
		part := strings.SplitN(lines.Text(), " ", 3)
		if len(part) != 3 || len(all) == maxUpdates {
			return nil, errUpdates
		}
		u := core.RefUpdate{Old: part[0], New: part[1], Ref: part[2]}
		if !validUpdate(u) {
			return nil, errUpdates
		}
		all = append(all, u)
	}
	if lines.Err() != nil || len(all) == 0 {
		return nil, errUpdates
	}
	return all, nil
}

func validUpdate(u core.RefUpdate) bool {
	return idRE.MatchString(u.Old) && idRE.MatchString(u.New) && len(u.Ref) <= maxRefName && strings.HasPrefix(u.Ref, "refs/") &&
		!strings.ContainsFunc(u.Ref, func(r rune) bool { return r <= ' ' || r == 0x7f })
}
