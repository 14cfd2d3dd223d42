package audit

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

// Checkpoint is a signed tree head: c2sp.org/tlog-checkpoint.
type Checkpoint struct {
	Origin string // the log's name; also the name of its key
	Size   int64  // number of leaves
	Root   tlog.Hash
}

// text returns the note text of c.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// Sign returns c as a signed note.
func (c Checkpoint) Sign(signer note.Signer) (string, error) {
	msg, err := note.Sign(&note.Note{Text: c.text()}, signer)
	if err != nil {
		return "", core.Hidden("Signing the audit checkpoint", err)
	}
	return string(msg), nil
}

// OpenCheckpoint checks the signature of a signed checkpoint and reads it. The
// origin must be the verifier's name. Errors are Unreadable.
func OpenCheckpoint(signed string, verifier note.Verifier) (Checkpoint, error) {
	if len(signed) > maxProof {
		return Checkpoint{}, core.Errorf(core.TooLarge, "checkpoint has %d bytes; at most %d are read", len(signed), maxProof)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, &core.Error{Code: core.Unreadable, Err: err,
			Msg:  fmt.Sprintf("checkpoint is not signed by the key %s+%08x", verifier.Name(), verifier.KeyHash()),
			Hint: "Check that the key belongs to this log; if it does, the checkpoint was changed."}
	}
	c, ok := parseCheckpoint(n.Text)
	if !ok || c.Origin != verifier.Name() {
		return Checkpoint{}, core.Errorf(core.Unreadable, "checkpoint text %q is not one of %s", firstLine(n.Text), verifier.Name())
	}
	return c, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// parseCheckpoint reads the text of a checkpoint: exactly three lines.
func parseCheckpoint(text string) (c Checkpoint, ok bool) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return c, false
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return c, false
	}
	root, ok := parseHash(lines[2])
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, ok
}

// parseHash reads one hash in standard base64, refusing other spellings of it.
func parseHash(s string) (h tlog.Hash, ok bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != tlog.HashSize || base64.StdEncoding.EncodeToString(raw) != s {
		return h, false
	}
	return tlog.Hash(raw), true
}
