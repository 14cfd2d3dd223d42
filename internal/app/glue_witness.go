package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	clients "github.com/paddock-dev/paddock/internal/adapter/witness"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/audit/witness"
)

// watching is all that witnesses do for us, and we for others.
func (h *house) watching() {
	seen := &sync.Map{}
	h.witness = &witness.Witness{Logs: func() witness.Logs { return h.shelf.Current().Settings.Audit.Watched() }, Heads: h.store, Signer: h.keys.Cosigner(h.clock),
		Forked: func(ctx context.Context, f witness.Fork) {
			key := fmt.Sprintf("%s %x", f.Origin, sha256.Sum256([]byte(f.Came)))
			if _, told := seen.LoadOrStore(key, true); told {
				return
			}
			if err := h.caught(ctx, f); err != nil {
				seen.Delete(key)
				h.log.ErrorContext(ctx, "a fork could not be recorded", "log", f.Origin, "error", err)
			}
		}}
	client := clients.New()
	h.asker = &witness.Asker{Log: h.reader, Peers: h.peers, Book: h.store, Clock: h.clock, Tell: h.tellOfWitness, Logger: h.log,
		Post: func(ctx context.Context, url, body string) (a witness.Answer, err error) {
			a.Status, a.Type, a.Body, err = client.Post(ctx, url, body)
			return a, err
		}}
}

// peers are the witnesses that the settings in force name.
func (h *house) peers() witness.Peers { return h.shelf.Current().Settings.Audit.Peers() }

// askWitnesses brings new checkpoints to them until ctx ends.
func (h *house) askWitnesses(ctx context.Context) error {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	return h.asker.Run(ctx, ticks.C, h.leader.Leads)
}

// caught records that a log which we watch signed two trees of one size.
func (h *house) caught(ctx context.Context, f witness.Fork) error {
	h.log.ErrorContext(ctx, "A LOG THAT THIS SERVER WATCHES IS FORKED", "log", f.Origin, "size", f.Size)
	return h.store.InTx(ctx, func(ctx context.Context) error {
		err := h.audit.Append(ctx, core.Event{Action: "witness.caught", Actor: core.System("witness"), Target: f.Origin, Code: "ok",
			Data: map[string]string{"size": fmt.Sprint(f.Size), "had": f.Had, "came": f.Came}})
		if err != nil {
			return err
		}
		return h.tellGuards(ctx, fmt.Sprintf("witness.caught %s %d", f.Origin, f.Size), "The log "+f.Origin+" is forked",
			fmt.Sprintf("It signed two different histories of %d entries. Both signatures are in the audit log, in the event witness.caught. Ask who runs it what happened.", f.Size))
	})
}

// tellOfWitness keeps how asking a witness goes and tells people.
func (h *house) tellOfWitness(ctx context.Context, s core.WitnessState) error {
	e, title, body := witnessWords(s)
	return h.store.InTx(ctx, func(ctx context.Context) error {
		if err := h.store.PutWitnessState(ctx, s, nil); err != nil {
			return err
		}
		if err := h.audit.Append(ctx, e); err != nil {
			return err
		}
		return h.tellGuards(ctx, fmt.Sprintf("%s %s %d", e.Action, s.Witness, s.Since), title, body)
	})
}

// witnessWords says a witness's state as an event and as a notice.
func witnessWords(s core.WitnessState) (e core.Event, title, body string) {
	actor, data := core.System("witness"), map[string]string{"size": fmt.Sprint(s.Size), "problem": s.Problem}
	switch s.State {
	case core.WitnessSilent:
		return core.Event{Action: "witness.lost", Actor: actor, Target: s.Witness, Code: string(core.Unavailable), Data: data},
			"The witness " + s.Witness + " is silent", "Nobody there cosigns the audit log any more. The log goes on. " + s.Problem
	case core.WitnessForked:
		return core.Event{Action: "witness.forked", Actor: actor, Target: s.Witness, Code: string(core.Conflict), Data: data},
			"A witness refuses the audit log", "The witness " + s.Witness + " saw another log under this log's name. Ours was cut back or rewritten, or an old copy was put in its place. " +
				s.Problem + " Run paddock audit verify on a copy, with the witness's checkpoint."
	}
	return core.Event{Action: "witness.back", Actor: actor, Target: s.Witness, Code: "ok", Data: data},
		"The witness " + s.Witness + " is back", "It cosigns the checkpoints of the audit log again."
}

// tellGuards tells those who look after the log.
func (h *house) tellGuards(ctx context.Context, key, title, body string) error {
	people, err := h.store.People(ctx)
	for _, p := range people {
		if err == nil && !p.Disabled && p.Has(core.RolePlatform, core.RoleSecurity) {
			err = h.notifier.Tell(ctx, core.Notice{Person: p.ID, Key: key, Title: title, Body: body, Link: "/audit"})
		}
	}
	return err
}

// watch tells the desk who keeps watch.
func (h *house) watch(ctx context.Context) (view.Watch, error) {
	s := h.shelf.Current().Settings.Audit
	w := view.Watch{Key: h.keys.WitnessKey(), Quorum: s.Quorum, Witnesses: []view.Witness{}, Logs: []view.WatchedLog{}, Copies: []view.Copy{}}
	states, err := h.store.WitnessStates(ctx)
	if err != nil {
		return w, err
	}
	for _, p := range s.Peers().List {
		v := view.Witness{Name: p.Verifier.Name(), URL: p.URL, State: "new"}
		for _, st := range states {
			if st.Witness == v.Name {
				v.State, v.Size, v.Problem, v.Answered, v.Since = st.State, st.Size, st.Problem, moment(st.Answered), moment(st.Since)
			}
		}
		w.Witnesses = append(w.Witnesses, v)
	}
	_, c, err := h.eventLog().witnessed(ctx)
	if err != nil {
		return w, err
	}
	w.Witnessed = c.Size
	for origin := range s.Watched() {
		head, err := h.store.WitnessHead(ctx, origin)
		if err != nil {
			return w, err
		}
		w.Logs = append(w.Logs, view.WatchedLog{Origin: origin, Size: head.Size})
	}
	w.Copies, err = h.copiesSeen(ctx)
	return w, err
}

func moment(us int64) time.Time { return core.Moment(us) }

// cosigner is the witness as its door sees it.
type cosigner struct{ *witness.Witness }

// Add implements the door's Witness.
func (c cosigner) Add(ctx context.Context, body string) (int, string, string, error) {
	a, err := c.Witness.Add(ctx, body)
	return a.Status, a.Type, a.Body, err
}
