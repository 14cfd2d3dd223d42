package verify

import (
	"encoding/base64"
	"fmt"
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
	known int    // which of those that were given, from 1 on; 0 for the log's own
	note  string // the signed note; of the log's own, only the newest is kept
}

// where names the place of h.
func (h head) where() string {
	if h.known > 0 {
		return fmt.Sprintf("checkpoint %d that you gave", h.known)
	}
	return fmt.Sprintf("audit_checkpoint size %d", h.size)
}

// readHead opens one of the log's own checkpoints; what is wrong with it is the
// problem that it returns. Its index is that of the last leaf that the
// checkpoint is for, so far as that can be told.
func readHead(size int64, signed string, verifier note.Verifier) (h head, p *Problem) {
	where := head{size: size}.where()
	h, fault := openHead(signed, verifier)
	switch {
	case fault != "":
		return h, &Problem{max(0, size-1), "A checkpoint is wrong: " + fault + ".", where, short(signed), fixRestore}
	case h.size != size:
		return h, &Problem{max(0, h.size-1), "A checkpoint is stored under the wrong size.", where, fmt.Sprint(h.size), fixRestore}
	case size == 0:
		return h, &Problem{0, "There is a checkpoint of an empty log.", where, "", fixRestore}
	}
	h.note = signed
	return h, nil
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
	text, ok := strings.CutPrefix(n.Text, verifier.Name()+"\n")
	digits, text, ok2 := strings.Cut(text, "\n")
	encoded, rest, ok3 := strings.Cut(text, "\n")
	if !ok || !ok2 || !ok3 || rest != "" {
		return h, "it is not a checkpoint of this log"
	}
	h.size, err = strconv.ParseInt(digits, 10, 64)
	root, err2 := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || err2 != nil || h.size < 0 || strconv.FormatInt(h.size, 10) != digits || len(root) != len(h.root) {
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
