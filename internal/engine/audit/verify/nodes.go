package verify

import (
	"context"
	"fmt"
)

// loadNodes reads the stored nodes above the first level, of which there are
// few, and tells of nodes that stand where none can be.
func (v *run) loadNodes(ctx context.Context, src Source) error {
	v.nodes = map[int64][]storedHash{}
	for _, l := range v.extent.Levels {
		most := int64(0)
		if l.Level >= 1 && l.Level <= maxLevel {
			most = v.extent.End >> (tileHeight * l.Level)
		}
		if l.Lowest < 0 || l.End > most {
			n := l.End - 1
			if l.Lowest < 0 {
				n = l.Lowest
			}
			v.res.add(Problem{v.extent.End, "The stored tree has a hash where none can be.",
				fmt.Sprintf("audit_node level %d n %d", l.Level, n), "", fixRestore})
		}
		if l.Level < 2 || most == 0 {
			continue
		}
		// No more than there are: an index that lies is told above.
		stored := make([]storedHash, min(most, l.Nodes+1))
		err := src.Nodes(ctx, l.Level, 0, int64(len(stored)), func(n int64, text string) error {
			if n >= 0 && n < int64(len(stored)) {
				h, ok := parseHex(text)
				stored[n] = storedHash{h, ok}
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
		v.nodes[l.Level] = stored
	}
	return nil
}

// upper holds the nodes above the first level that h completed against the
// stored ones. A difference is what h costs, unless it follows from what was
// told of leaves below.
func (v *run) upper(h *hypothesis) {
	for _, n := range h.tree.full {
		if n.level < 2 {
			continue
		}
		start := n.n << (tileHeight * n.level)
		stored := v.nodes[n.level]
		if n.n < int64(len(stored)) && stored[n.n].ok && stored[n.n].hash == n.hash || v.forked || v.toldLeaf >= start {
			continue
		}
		h.cost = append(h.cost, cost{Problem{start, "The stored tree is damaged: a hash in it is missing or changed.",
			fmt.Sprintf("audit_node level %d n %d", n.level, n.n), "", fixRestore}, nil})
	}
	h.tree.full = h.tree.full[:0]
}
