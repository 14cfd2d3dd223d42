package witness

import (
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	// MaxRequest bounds the body of a request in bytes.
	MaxRequest = 64 << 10
	maxProof   = 63 // hashes: a tree has fewer than 2^63 leaves
)

// Request asks a witness to cosign a checkpoint: the body of add-checkpoint.
type Request struct {
	Old        int64       // the size that the witness cosigned last; 0 for none
	Proof      []tlog.Hash // that the tree of Old leaves is the start of the new one
	Checkpoint string      // the signed note
}

// String returns the body of the request.
func (r Request) String() string {
	var b strings.Builder
	b.WriteString("old " + strconv.FormatInt(r.Old, 10) + "\n")
	for _, h := range r.Proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	return b.String() + "\n" + r.Checkpoint
}

// ParseRequest reads the body of a request; the checkpoint is taken as it is.
// Errors are Unreadable, or TooLarge over MaxRequest.
func ParseRequest(body string) (Request, error) {
	if len(body) > MaxRequest {
		return Request{}, core.Errorf(core.TooLarge, "The request has %d bytes; at most %d are read.", len(body), MaxRequest)
	}
	head, checkpoint, found := strings.Cut(body, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || checkpoint == "" || len(lines) > 1+maxProof {
		return Request{}, unreadable("it is not an old size, at most 63 hashes, an empty line and a checkpoint")
	}
	old, ok := strings.CutPrefix(lines[0], "old ")
	size, sized := plainSize(old)
	if !ok || !sized {
		return Request{}, unreadable("its first line is not old and a size")
	}
	r := Request{Old: size, Checkpoint: checkpoint}
	for _, line := range lines[1:] {
		h, ok := parseHash(line)
		if !ok {
			return Request{}, unreadable("a line of its proof is not a hash")
		}
		r.Proof = append(r.Proof, h)
	}
	return r, nil
}

func unreadable(why string) error {
	return core.Errorf(core.Unreadable, "The request cannot be read: %s.", why).Hinted("Write it as c2sp.org/tlog-witness says.")
}

// plainSize reads a decimal number without sign and leading zeroes.
func plainSize(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == s
}

// parseHash reads one hash in standard base64, refusing other spellings of it.
func parseHash(s string) (h tlog.Hash, ok bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != tlog.HashSize || base64.StdEncoding.EncodeToString(raw) != s {
		return h, false
	}
	return tlog.Hash(raw), true
}

// tree is what a checkpoint says: the first three lines of its text.
type tree struct {
	origin string
	size   int64
	root   tlog.Hash
}

// parseTree reads the text of a checkpoint. Extension lines may follow.
func parseTree(text string) (t tree, ok bool) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" {
		return t, false
	}
	for _, line := range lines[:len(lines)-1] {
		if line == "" {
			return t, false
		}
	}
	t.origin = lines[0]
	var sized, rooted bool
	t.size, sized = plainSize(lines[1])
	t.root, rooted = parseHash(lines[2])
	return t, sized && rooted
}
