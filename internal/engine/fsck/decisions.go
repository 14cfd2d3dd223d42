package fsck

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// verdictsOf reads stored verdicts; what cannot be read denies.
func verdictsOf(text string) core.Verdicts {
	var v core.Verdicts
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return core.Verdicts{Deny: []core.Reason{{Code: "unreadable"}}}
	}
	return v
}

// decided is what a decision and its event both say.
type decided struct{ gate, app, subject, code, policy, input, request string }

// codes are how events spell results.
var codes = map[string]string{"allow": "ok", "deny": string(core.Denied), "pending": string(core.Pending)}

const decisionsSQL = `SELECT id, gate, app_id, subject, result, policy, input_digest, request_id, input FROM decision ORDER BY id`

// decisions holds each decision against its event in the log, which nobody can
// rewrite, and against the digest of its own input (promises 1 and 2).
func (l *look) decisions(ctx context.Context) error {
	inputs := l.check("inputs", fixTamper)
	rows := map[string]decided{}
	err := l.each(ctx, decisionsSQL, 9, func(row []string) error {
		rows[row[0]] = decided{row[1], row[2], row[3], codes[row[4]], row[5], row[6], row[7]}
		sum := sha256.Sum256([]byte(row[8]))
		if row[6] != "sha256:"+hex.EncodeToString(sum[:]) {
			inputs.tell("A decision's input is not the one that its digest names.", "decision "+row[0], row[6])
		}
		return nil
	})
	if err != nil {
		return err
	}
	logged := l.check("decision-event", fixTamper)
	seen := map[string]bool{}
	err = l.events(ctx, "gate.decide", func(e *verify.Leaf) {
		id := data(e, "decision")
		row, ok := rows[id]
		if !ok {
			logged.tell("A decision that was logged is gone.", "decision "+id, "event "+e.ID)
			return
		}
		seen[id] = true
		if was := (decided{e.Gate, e.App, e.Target.Clear, e.Code, data(e, "policy"), data(e, "input"), data(e, "request")}); was != row && e.Target.Commit == "" {
			logged.tell("A decision is not the one that was logged.", "decision "+id, differing(row, was))
		}
	})
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		if !seen[id] {
			logged.tell("A decision has no event in the audit log.", "decision "+id, "")
		}
	}
	return err
}

// differing names what a decision says otherwise than its event.
func differing(row, was decided) string {
	for _, f := range [][3]string{{"gate", row.gate, was.gate}, {"app", row.app, was.app}, {"subject", row.subject, was.subject},
		{"result", row.code, was.code}, {"policy", row.policy, was.policy}, {"input", row.input, was.input}, {"request", row.request, was.request}} {
		if f[1] != f[2] {
			return f[0] + ": " + f[1] + ", logged " + f[2]
		}
	}
	return ""
}

// events reads the events of one action, oldest first. Those whose bytes cannot
// be read are told by the check of the log.
func (l *look) events(ctx context.Context, action string, fn func(e *verify.Leaf)) error {
	return l.each(ctx, `
SELECT e.leaf, e.id AS id FROM audit_leaf l CROSS JOIN audit_event e WHERE e.id = l.event_id AND l.action = '`+action+`'
UNION ALL SELECT e.leaf, e.id FROM audit_pending p CROSS JOIN audit_event e WHERE e.id = p.event_id AND e.action = '`+action+`' ORDER BY id`, 2, func(row []string) error {
		if e, err := verify.ParseLeaf(row[0]); err == nil {
			fn(&e)
		}
		return nil
	})
}

// data returns a further fact of an event, "" if there is none in clear.
func data(e *verify.Leaf, key string) string {
	for _, f := range e.Data {
		if f.Path == "data."+key {
			return f.Clear
		}
	}
	return ""
}
