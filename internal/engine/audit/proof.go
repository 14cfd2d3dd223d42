package audit

import (
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

// proofHeader is the first line of a proof file.
const proofHeader = "c2sp.org/tlog-proof@v1"

// maxProof bounds a proof or checkpoint that is read, in bytes.
const maxProof = 64 << 10

// maxProofHashes bounds the path of a proof: a tree has at most 2^63 leaves.
const maxProofHashes = 63

// Proof shows offline that a leaf is in the log: c2sp.org/tlog-proof@v1.
type Proof struct {
	Index      int64       // of the leaf, from 0
	Hashes     []tlog.Hash // from the leaf's sibling up
	Checkpoint string      // the signed note
	Extra      []byte      // not authenticated; nil for none
}

// String returns the proof as a .tlog-proof file.
func (p Proof) String() string {
	var b strings.Builder
	b.WriteString(proofHeader + "\n")
	if len(p.Extra) > 0 {
		b.WriteString("extra " + base64.StdEncoding.EncodeToString(p.Extra) + "\n")
	}
	b.WriteString("index " + strconv.FormatInt(p.Index, 10) + "\n")
	for _, h := range p.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n" + p.Checkpoint)
	return b.String()
}

// ParseProof reads a .tlog-proof file of at most 64 KiB. It does not verify it.
// Errors are Unreadable and name the line.
func ParseProof(text string) (Proof, error) {
	var p Proof
	if len(text) > maxProof {
		return p, core.Errorf(core.TooLarge, "proof has %d bytes; at most %d are read", len(text), maxProof)
	}
	head, checkpoint, found := strings.Cut(text, "\n\n")
	if !found {
		return p, badProof(1, "no empty line before the checkpoint")
	}
	p.Checkpoint = checkpoint
	lines := strings.Split(head, "\n")
	if lines[0] != proofHeader {
		return p, badProof(1, "does not start with "+proofHeader)
	}
	at := 1
	if at < len(lines) && strings.HasPrefix(lines[at], "extra ") {
		extra, err := base64.StdEncoding.Strict().DecodeString(lines[at][len("extra "):])
		if err != nil || len(extra) == 0 {
			return p, badProof(at+1, "extra is not base64")
		}
		p.Extra = extra
		at++
	}
	if at >= len(lines) || !strings.HasPrefix(lines[at], "index ") {
		return p, badProof(at+1, "no index")
	}
	digits := lines[at][len("index "):]
	index, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || index < 0 || strconv.FormatInt(index, 10) != digits {
		return p, badProof(at+1, "index is not a plain number")
	}
	p.Index = index
	p.Hashes, err = parseHashes(lines[at+1:], at+2)
	return p, err
}

func parseHashes(lines []string, first int) ([]tlog.Hash, error) {
	if len(lines) > maxProofHashes {
		return nil, badProof(first, "more than 63 hashes")
	}
	var hashes []tlog.Hash
	for i, line := range lines {
		h, ok := parseHash(line)
		if !ok {
			return nil, badProof(first+i, "not a base64 SHA-256 hash")
		}
		hashes = append(hashes, h)
	}
	return hashes, nil
}

func badProof(line int, why string) error {
	return core.Errorf(core.Unreadable, "tlog-proof, line %d: %s", line, why).Hinted("Export the proof again.")
}

// Verify checks that leaf is in the log that verifier's key signs for, and
// returns the checkpoint it is proved against.
func (p Proof) Verify(leaf []byte, verifier note.Verifier) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, verifier)
	if err != nil {
		return c, err
	}
	if p.Index < 0 || p.Index >= c.Size {
		return c, core.Errorf(core.Unreadable, "proof is for leaf %d but the checkpoint has %d leaves", p.Index, c.Size)
	}
	if err := tlog.CheckRecord(tlog.RecordProof(p.Hashes), c.Size, c.Root, p.Index, tlog.RecordHash(leaf)); err != nil {
		return c, &core.Error{Code: core.Unreadable, Err: err, Msg: "the proof does not lead from leaf " +
			strconv.FormatInt(p.Index, 10) + " to the checkpoint: the leaf or the proof was changed"}
	}
	return c, nil
}
