package verify

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
)

// end holds the end of the log against the checkpoints that lie beyond it, and
// settles what no checkpoint settled.
func (v *run) end(ctx context.Context, src Source) error {
	way := v.hypotheses[0]
	size := way.tree.size
	if v.forked {
		way.cost = nil
	}
	v.settle(way)
	v.res.Events = size
	root := way.tree.root()
	v.res.Root = base64.StdEncoding.EncodeToString(root[:])
	signed := v.res.Size
	var newest head
	err := src.Heads(ctx, size, math.MaxInt64, func(at int64, text string) error {
		h, fault := readHead(at, text, v.verifier)
		if fault != nil {
			fault.Index = min(fault.Index, size)
			v.res.add(*fault)
			return ctx.Err()
		}
		v.res.Signed++
		newest, v.res.Size, v.res.Checkpoint = h, h.size, text
		return ctx.Err()
	})
	if newest.size > 0 {
		v.cut(newest, size)
	}
	if n := len(v.known); n > 0 {
		v.res.Signed += int64(n)
		v.cut(v.known[n-1], size)
	}
	if size > signed && newest.size == 0 {
		v.res.add(Problem{signed, "Leaves were added without a signed checkpoint.", fmt.Sprintf("audit_leaf idx %d and on", signed), "", fixRestore})
	}
	return err
}

// cut tells that the log ends before a checkpoint.
func (v *run) cut(h head, size int64) {
	v.res.add(Problem{size, "The end of the log was cut off.", h.where(), fmt.Sprintf("%d leaves where %d are signed", size, h.size), fixRestore})
}
