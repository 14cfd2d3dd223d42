package verify

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// maxNote bounds a checkpoint in bytes.
const maxNote = 64 << 10

// head is a signed tree head to hold the log against.
type head struct {
	size  int64
	root  hash
	where string
}

// loadHeads reads the log's extent and its own checkpoints. Those that are not
// signed as they should be are told and left out.
func (v *run) loadHeads(ctx context.Context, src Source, verifier note.Verifier) (Extent, error) {
	return src.Heads(ctx, func(size int64, signed string) error {
		where := fmt.Sprintf("audit_checkpoint size %d", size)
		h, ok := v.open(signed, where, verifier)
		if ok && h.size != size {
			v.res.add(Problem{-1, "A checkpoint is stored under the wrong size.", where, fmt.Sprint(h.size), fixRestore})
		} else if ok {
			v.res.Size, v.res.Checkpoint = size, signed
			v.heads = append(v.heads, h)
		}
		return ctx.Err()
	})
}

// addKnown adds checkpoints that were kept elsewhere.
func (v *run) addKnown(known []string, verifier note.Verifier) {
	for i, signed := range known {
		if h, ok := v.open(signed, fmt.Sprintf("checkpoint %d that you gave", i+1), verifier); ok {
			v.heads = append(v.heads, h)
		}
	}
	slices.SortStableFunc(v.heads, func(a, b head) int { return cmp.Compare(a.size, b.size) })
}

func (v *run) open(signed, where string, verifier note.Verifier) (head, bool) {
	h, fault := openHead(signed, verifier)
	if fault != "" {
		v.res.add(Problem{-1, "A checkpoint is wrong: " + fault + ".", where, short(signed), fixRestore})
		return h, false
	}
	h.where = where
	v.res.Signed++
	return h, true
}

// openHead checks the signature of a checkpoint and reads its three lines.
func openHead(signed string, verifier note.Verifier) (h head, fault string) {
	if len(signed) > maxNote {
		return h, "it is too long"
	}
	n, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil || !strictSignatures(signed) {
		return h, "its signature is not good for the key " + verifier.Name()
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return h, "it is not a checkpoint of this log"
	}
	h.size, err = strconv.ParseInt(lines[1], 10, 64)
	root, err2 := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || err2 != nil || h.size < 0 || len(root) != len(h.root) {
		return h, "its size or root cannot be read"
	}
	h.root = hash(root)
	return h, ""
}

// strictSignatures reports whether the signatures of a well-formed note are in
// canonical base64. Package note also reads spellings with stray last bits,
// and a changed bit must not go unseen.
func strictSignatures(signed string) bool {
	block := signed[strings.LastIndex(signed, "\n\n")+2:]
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		_, err := base64.StdEncoding.Strict().DecodeString(line[strings.LastIndexByte(line, ' ')+1:])
		if err != nil {
			return false
		}
	}
	return true
}
