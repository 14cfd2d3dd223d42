package evidence

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// loggedEvents is what the pack's events say about its other records.
type loggedEvents struct {
	decided map[string]*verify.Leaf // by decision id
	asked   map[string]string       // approval request id -> digest
}

// checkEvents checks the checkpoint and that each event was logged, is about
// this app, and opens to what was committed.
func (v *check) checkEvents() {
	v.events = loggedEvents{map[string]*verify.Leaf{}, map[string]string{}}
	const place = "audit/checkpoint"
	signed, err := v.a.read(place)
	if err != nil {
		v.failed(place, err)
		return
	}
	head, err := audit.OpenCheckpoint(string(signed), v.verifier)
	if err != nil {
		v.res.add(place, "The checkpoint is not good: %v.", err)
		return
	}
	if m := v.manifest.Log; m.Origin != head.Origin || m.Size != head.Size || m.Root != base64.StdEncoding.EncodeToString(head.Root[:]) {
		v.res.add(place, "The checkpoint is not the one in the manifest.")
	}
	data, err := v.a.read("audit/events.jsonl")
	if err != nil {
		v.failed("audit/events.jsonl", err)
		return
	}
	last, n := int64(-1), 0
	for line := range bytes.Lines(data) {
		n++
		where := fmt.Sprintf("audit/events.jsonl:%d", n)
		var e eventLine
		if err := strict(line, &e); err != nil {
			v.res.add(where, "The event cannot be read: %v.", err)
			continue
		}
		if e.Index <= last {
			v.res.add(where, "Event %d is there twice or out of order.", e.Index)
		}
		last = e.Index
		if fault := v.checkEvent(e, string(signed)); fault != "" {
			v.res.add(where, "Event %d: %s.", e.Index, fault)
		}
	}
	v.count("events", n)
}

// checkEvent returns what is wrong with one event, "" for nothing.
func (v *check) checkEvent(e eventLine, signed string) string {
	proof, err := audit.ParseProof(e.Proof)
	if err != nil {
		return "its proof cannot be read: " + err.Error()
	}
	if proof.Index != e.Index || proof.Checkpoint != signed {
		return "its proof is for another event or another checkpoint"
	}
	if _, err := proof.Verify([]byte(e.Leaf), v.verifier); err != nil {
		return err.Error()
	}
	leaf, err := verify.ParseLeaf(e.Leaf)
	if err != nil {
		return err.Error()
	}
	if leaf.App != v.manifest.App.ID {
		return "it is about another app"
	}
	opened, err := verify.ParseOpening(e.Opening)
	if err != nil {
		return err.Error()
	}
	if _, fault := leaf.Match(opened); fault != "" {
		return fault
	}
	v.events.note(&leaf)
	return ""
}

// note remembers what an event says about decisions and approval requests.
func (l *loggedEvents) note(leaf *verify.Leaf) {
	if id := fact(leaf, "decision"); leaf.Action == "gate.decide" && id != "" {
		l.decided[id] = leaf
	}
	if digest := fact(leaf, "digest"); strings.HasPrefix(leaf.Action, "approval.") && digest != "" {
		l.asked[leaf.Target.Clear] = digest
	}
}

// fact returns one further fact of an event in clear, "" if it is not there.
func fact(leaf *verify.Leaf, key string) string {
	for _, f := range leaf.Data {
		if f.Path == "data."+key {
			return f.Clear
		}
	}
	return ""
}
