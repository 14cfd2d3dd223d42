package git

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// RunHook is the command that git starts for a push: "paddock hook pre-receive"
// or "post-receive"; args hold the hook's name only. It reads the updates from
// stdin, asks the server at PADDOCK_HOOK_SOCKET with the token in
// PADDOCK_HOOK_TOKEN, and prints what the server says to stderr, which git shows
// to the maker. It returns 0 to let the push through and 1 to refuse it; without
// a clear answer it refuses.
func RunHook(ctx context.Context, args []string, stdin io.Reader, _, stderr io.Writer) int {
	if len(args) != 1 || args[0] != preReceive && args[0] != postReceive {
		fmt.Fprintln(stderr, "This command is run by git only.")
		return 1
	}
	updates, err := parseUpdates(stdin)
	if err != nil {
		fmt.Fprintln(stderr, notJudged)
		return 1
	}
	r, err := ask(ctx, args[0], updates)
	if err != nil {
		fmt.Fprintln(stderr, notJudged)
		return 1
	}
	for _, line := range cleanLines(r.Lines) {
		if line != "" {
			fmt.Fprintln(stderr, line)
		}
	}
	if r.Refuse {
		return 1
	}
	return 0
}

// ask puts the question to the server.
func ask(ctx context.Context, hook string, updates []core.RefUpdate) (reply, error) {
	q := question{Token: os.Getenv("PADDOCK_HOOK_TOKEN"), Hook: hook, Updates: updates, Quarantine: quarantineFolder()}
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", os.Getenv("PADDOCK_HOOK_SOCKET"))
	if err != nil {
		return reply{}, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := json.NewEncoder(conn).Encode(q); err != nil {
		return reply{}, err
	}
	// A reply must say "refuse" itself: an empty object is no yes.
	var r struct {
		Refuse *bool    `json:"refuse"`
		Lines  []string `json:"lines"`
	}
	if err := readWire(conn, &r); err != nil {
		return reply{}, err
	}
	if r.Refuse == nil {
		return reply{}, io.ErrUnexpectedEOF
	}
	return reply{Refuse: *r.Refuse, Lines: r.Lines}, nil
}

// quarantineFolder is where git put the push's new objects, "" when the push
// brings none.
func quarantineFolder() string {
	folder := os.Getenv("GIT_QUARANTINE_PATH")
	if folder == "" {
		return ""
	}
	if abs, err := filepath.Abs(folder); err == nil {
		return abs
	}
	return folder
}
