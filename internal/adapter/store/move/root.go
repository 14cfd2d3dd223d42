package move

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

// Log is the audit log as its rows tell it.
type Log struct {
	Size       int64  `json:"size"` // of the newest checkpoint
	Root       string `json:"root"` // recomputed from the events, base64
	Checkpoint string `json:"-"`    // the signed note, "" if there is none
}

// Root recomputes the root of the audit log from the bytes of its events, in
// the order of its leaves, up to the newest checkpoint, and holds each event
// against its stored hash. Errors: Conflict when the events do not lead to the
// checkpoint. It does not check the checkpoint's signature.
func (r *Reader) Root(ctx context.Context) (Log, error) {
	var l Log
	err := r.q.QueryRowContext(ctx, `SELECT coalesce((SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1), '')`).Scan(&l.Checkpoint)
	if err != nil {
		return l, explain("Reading the audit log", err)
	}
	var want string
	if l.Checkpoint != "" {
		lines := strings.SplitN(l.Checkpoint, "\n", 4)
		if len(lines) < 4 {
			return l, core.Errorf(core.Conflict, "The newest audit checkpoint is none.").Hinted("Run paddock fsck on the source.")
		}
		if l.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
			return l, core.Errorf(core.Conflict, "The newest audit checkpoint has the size %q.", lines[1]).Hinted("Run paddock fsck on the source.")
		}
		want = lines[2]
	}
	root, err := r.recompute(ctx, l.Size)
	if err != nil {
		return l, explain("Reading the audit log", err)
	}
	l.Root = base64.StdEncoding.EncodeToString(root[:])
	if want != "" && want != l.Root {
		return l, core.Errorf(core.Conflict, "The audit log does not lead to its checkpoint: %d events give the root %s, signed is %s.", l.Size, l.Root, want).
			Hinted("Run paddock audit verify on the source; if that is intact, report this.")
	}
	return l, nil
}

func (r *Reader) recompute(ctx context.Context, size int64) (tlog.Hash, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT l.idx, l.hash, e.leaf FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id WHERE l.idx < $1 ORDER BY l.idx`, size)
	if err != nil {
		return tlog.Hash{}, err
	}
	defer rows.Close()
	var full []tlog.Hash // roots of the full subtrees, the largest first
	next := int64(0)
	for ; rows.Next(); next++ {
		var index int64
		var stored, leaf string
		if err := rows.Scan(&index, &stored, &leaf); err != nil {
			return tlog.Hash{}, err
		}
		h := tlog.RecordHash([]byte(leaf))
		if index != next || stored != hex.EncodeToString(h[:]) {
			return h, core.Errorf(core.Conflict, "The audit log breaks at index %d.", next).Hinted("Run paddock audit verify on the source.")
		}
		for n := index; n&1 == 1; n >>= 1 {
			h = tlog.NodeHash(full[len(full)-1], h)
			full = full[:len(full)-1]
		}
		full = append(full, h)
	}
	if err := rows.Err(); err != nil {
		return tlog.Hash{}, err
	}
	if next != size {
		return tlog.Hash{}, core.Errorf(core.Conflict, "The audit log has %d events where %d are signed.", next, size).Hinted("Run paddock audit verify on the source.")
	}
	if size == 0 {
		return tlog.TreeHash(0, nil)
	}
	h := full[len(full)-1]
	for i := len(full) - 2; i >= 0; i-- {
		h = tlog.NodeHash(full[i], h)
	}
	return h, nil
}
