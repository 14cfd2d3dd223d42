package witness

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

// Heads keeps what the witness cosigned last, for each log by its origin.
type Heads interface {
	// WitnessHead returns it; the zero value when nothing was cosigned yet.
	WitnessHead(ctx context.Context, origin string) (core.WitnessHead, error)
	// SwapWitnessHead replaces was by next, durably, before it returns. Conflict
	// when was is not what is kept any more.
	SwapWitnessHead(ctx context.Context, origin string, was, next core.WitnessHead) error
}

// Witness cosigns the checkpoints of other logs. It is safe for concurrent use
// if its Heads are; several processes may share them.
type Witness struct {
	Logs   func() Logs
	Heads  Heads
	Signer note.Signer // makes cosignatures
	// Forked is told of a log that signed two trees of one size. Only who holds
	// the log's key can make it be called.
	Forked func(ctx context.Context, f Fork)
}

// Logs are the keys of the logs that a witness knows, by origin.
type Logs map[string][]note.Verifier

// ParseLogs reads verifier keys; the name of each is the log's origin. Errors
// are Invalid.
func ParseLogs(vkeys []string) (Logs, error) {
	logs := Logs{}
	for _, vkey := range vkeys {
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, core.Errorf(core.Invalid, "%q is not the verifier key of a log.", vkey).Hinted("Take it from that log, for Paddock from /api/v1/log/key.")
		}
		logs[v.Name()] = append(logs[v.Name()], v)
	}
	return logs, nil
}

// Fork shows that a log signed two trees of one size: proof that it lied.
type Fork struct {
	Origin    string
	Size      int64
	Had, Came string // the two signed checkpoints
}

// Answer is what the witness answers over HTTP.
type Answer struct {
	Status int
	Type   string // media type of Body
	Body   string
}

// sizeType is the media type of a 409 answer.
const sizeType = "text/x.tlog.size"

func say(status int, format string, args ...any) Answer {
	return Answer{status, "text/plain; charset=utf-8", fmt.Sprintf(format, args...) + "\n"}
}

// Add answers one add-checkpoint request. What the protocol refuses is an
// Answer; an error means that this witness failed.
func (w *Witness) Add(ctx context.Context, body string) (Answer, error) {
	r, err := ParseRequest(body)
	if err != nil {
		return say(http.StatusBadRequest, "%s", core.AsError(err).Msg), nil
	}
	n, t, refusal := w.open(r.Checkpoint)
	if refusal != nil {
		return *refusal, nil
	}
	if r.Old > t.size {
		return say(http.StatusBadRequest, "The old size %d is larger than the checkpoint's, %d.", r.Old, t.size), nil
	}
	had, err := w.Heads.WitnessHead(ctx, t.origin)
	if err != nil {
		return Answer{}, err
	}
	if r.Old != had.Size {
		return conflict(had.Size), nil
	}
	if why := t.follows(had, r.Proof); why != "" {
		if had.Size == t.size && had.Note != "" && w.Forked != nil {
			w.Forked(ctx, Fork{t.origin, t.size, had.Note, r.Checkpoint})
		}
		return say(http.StatusUnprocessableEntity, "%s", why), nil
	}
	return w.cosign(ctx, n, t, had)
}

// open checks the signature of a checkpoint by a known key, and reads it.
func (w *Witness) open(signed string) (*note.Note, tree, *Answer) {
	origin, _, _ := strings.Cut(signed, "\n")
	verifiers := w.Logs()[origin]
	refuse := func(status int, format string, args ...any) (*note.Note, tree, *Answer) {
		a := say(status, format, args...)
		return nil, tree{}, &a
	}
	if len(verifiers) == 0 {
		return refuse(http.StatusNotFound, "This witness does not know the log %q.", short(origin))
	}
	n, err := note.Open([]byte(signed), note.VerifierList(verifiers...))
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified), errors.As(err, &invalid):
		return refuse(http.StatusForbidden, "The checkpoint has no good signature by a key that this witness knows for %q.", origin)
	case err != nil:
		return refuse(http.StatusBadRequest, "The checkpoint is not a signed note.")
	}
	t, ok := parseTree(n.Text)
	if !ok || t.origin != origin {
		return refuse(http.StatusBadRequest, "The note is not a checkpoint.")
	}
	return n, t, nil
}

// follows says why t does not continue what was cosigned before, "" if it does.
func (t tree) follows(had core.WitnessHead, proof []tlog.Hash) string {
	switch {
	case t.size == 0 && t.root != tlog.Hash(sha256.Sum256(nil)):
		return "An empty log has another root."
	case had.Size == 0 && len(proof) > 0:
		return "A proof from size 0 must be empty."
	case had.Size == 0:
		return ""
	case had.Size == t.size && t.root != had.Root:
		return fmt.Sprintf("The log has signed another tree of %d leaves before: it is forked.", t.size)
	}
	if err := tlog.CheckTree(tlog.TreeProof(proof), t.size, t.root, had.Size, had.Root); err != nil {
		return fmt.Sprintf("The proof does not lead from %d to %d leaves.", had.Size, t.size)
	}
	return ""
}

// cosign signs, keeps the new head and only then answers.
func (w *Witness) cosign(ctx context.Context, n *note.Note, t tree, had core.WitnessHead) (Answer, error) {
	n.UnverifiedSigs = nil // of keys that this witness does not know
	signed, err := note.Sign(n, w.Signer)
	if err != nil {
		return Answer{}, core.Hidden("Cosigning a checkpoint", err)
	}
	next := core.WitnessHead{Size: t.size, Root: t.root, Note: string(signed)}
	err = w.Heads.SwapWitnessHead(ctx, t.origin, had, next)
	if core.CodeOf(err) == core.Conflict {
		now, err := w.Heads.WitnessHead(ctx, t.origin)
		return conflict(now.Size), err
	}
	if err != nil {
		return Answer{}, err
	}
	line := signed[strings.LastIndex(strings.TrimSuffix(string(signed), "\n"), "\n")+1:]
	return Answer{http.StatusOK, "text/plain; charset=utf-8", string(line)}, nil
}

func conflict(size int64) Answer {
	return Answer{http.StatusConflict, sizeType, strconv.FormatInt(size, 10) + "\n"}
}

// Latest returns the checkpoint of a log as this witness cosigned it last, by
// the SHA-256 of the origin in hexadecimal. NotFound if there is none.
func (w *Witness) Latest(ctx context.Context, originHash string) (string, error) {
	for origin := range w.Logs() {
		if fmt.Sprintf("%x", sha256.Sum256([]byte(origin))) != originHash {
			continue
		}
		head, err := w.Heads.WitnessHead(ctx, origin)
		if err != nil {
			return "", err
		}
		if head.Note != "" {
			return head.Note, nil
		}
	}
	return "", core.Errorf(core.NotFound, "This witness has cosigned no checkpoint of such a log.").
		Hinted("Name the log by the SHA-256 of its origin, in small hexadecimal letters.")
}
