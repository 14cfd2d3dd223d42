package fsck_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// past finds the given revisions.
type past map[string]fsck.Policies

func (p past) Find(context.Context, []string, [][]string) (map[string]fsck.Policies, error) {
	return p, nil
}

// nowhere cannot look.
type nowhere struct{}

func (nowhere) Find(context.Context, []string, [][]string) (map[string]fsck.Policies, error) {
	return nil, core.Errorf(core.NotFound, "There is no repository.")
}

const regions = `package paddock.app.deploy
deny contains {"code": "bad_region", "message": "No.", "fix": "Move it."} if input.app.region == "nowhere"
warn contains {"code": "old", "message": "Old."} if input.app.name == "old"
approve contains {"role": "data-owner", "reason": "Restricted."} if input.app.classification == "restricted"
`

// decide adds decisions to a folder, as a gate would make them, with their events
// left out: those are another check.
func decide(t testing.TB, dir string, set *policy.Set, n int) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "paddock.db"))
	ok(t, err)
	defer db.Close()
	tx, err := db.Begin()
	ok(t, err)
	for i := range n {
		in := policy.Input{Gate: core.GateAppDeploy, Now: "2026-03-01T09:00:00Z", App: policy.App{Name: fmt.Sprintf("app%d", i), Region: "eu"}}
		switch i % 4 {
		case 1:
			in.App.Region = "nowhere"
		case 2:
			in.App.Classification = core.Restricted
		case 3:
			in.App.Name = "old"
		}
		doc, digest, err := in.Canonical()
		ok(t, err)
		v, err := set.Eval(t.Context(), core.GateAppDeploy, in)
		ok(t, err)
		text, err := json.Marshal(v)
		ok(t, err)
		result := core.Allow
		switch {
		case len(v.Deny) > 0:
			result = core.Deny
		case len(v.Approve) > 0:
			result = core.Waiting
		}
		_, err = tx.Exec(`INSERT INTO decision (id, gate, app_id, subject, actor, result, verdicts, policy, input_digest, input, request_id, at)
VALUES (?, 'app.deploy', 'app1', 's', '{}', ?, ?, ?, ?, ?, '', 1)`, fmt.Sprintf("n%06d", i), string(result), string(text), set.Revision(), digest, string(doc))
		ok(t, err)
	}
	ok(t, tx.Commit())
}

// TestReplay: a decision whose replay differs is found, and one whose rules are
// gone is not called right.
func TestReplay(t *testing.T) {
	set, err := policy.Compile(t.Context(), map[string][]byte{"a.rego": []byte(regions)}, nil, nil)
	ok(t, err)
	looser, err := policy.Compile(t.Context(), map[string][]byte{"a.rego": []byte(strings.Replace(regions, `"nowhere"`, `"elsewhere"`, 1))}, nil, nil)
	ok(t, err)
	rules := past{set.Revision(): set, "rev": set, looser.Revision(): looser}
	const one = " WHERE id = 'n000001'"
	for name, c := range map[string]struct{ sql, check, what string }{
		"as it was":              {"", "", ""},
		"allowed afterwards":     {`UPDATE decision SET result = 'allow', verdicts = '{"deny":[],"warn":[],"approve":[]}'` + one, "replay", "denied for other reasons"},
		"only the result":        {`UPDATE decision SET result = 'pending'` + one, "replay", "answer is not the one"},
		"another reason":         {`UPDATE decision SET verdicts = replace(verdicts, 'bad_region', 'bad_name')` + one, "replay", "denied for other reasons"},
		"another input":          {`UPDATE decision SET input = replace(input, 'nowhere', 'eu')` + one, "replay", "denied for other reasons"},
		"input that is none":     {`UPDATE decision SET input = '{'` + one, "replay", "cannot be replayed"},
		"a warning less":         {`UPDATE decision SET verdicts = '{"deny":[],"warn":[],"approve":[]}' WHERE id = 'n000003'`, "replay", "other warnings"},
		"nobody is asked":        {`UPDATE decision SET verdicts = '{"deny":[],"warn":[],"approve":[]}', result = 'allow' WHERE id = 'n000002'`, "replay", "asks other people"},
		"by other rules":         {`UPDATE decision SET policy = '` + looser.Revision() + `'` + one, "replay", "denied for other reasons"},
		"rules that are gone":    {`UPDATE decision SET policy = 'sha256:gone'` + one, "replay-rules", "cannot be found"},
		"rules with a quotation": {`UPDATE decision SET policy = 'x''y'` + one, "replay-rules", "cannot be found"},
		"an approver's no":       {`UPDATE decision SET result = 'deny', verdicts = '{"deny":[{"code":"approval_refused","message":"x","rule":"approval"}],"warn":[],"approve":[{"role":"data-owner","reason":"Restricted."}]}' WHERE id = 'n000002'`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			alter(t, dir, `UPDATE decision SET verdicts = '{"deny":[],"warn":[],"approve":[]}'; DELETE FROM approval_request WHERE id = 'none'`)
			decide(t, dir, set, 40)
			alter(t, dir, c.sql)
			r, err := fsck.Look(t.Context(), fsck.Options{Dir: dir, Rules: rules})
			ok(t, err)
			var told []fsck.Problem
			for _, p := range r.Problems {
				if strings.HasPrefix(p.Check, "replay") {
					told = append(told, p)
				}
			}
			if c.check == "" {
				if len(told) != 0 || r.Replay.Decisions != 42 || r.Replay.Differ != 0 || r.Replay.Unknown != 0 {
					t.Fatalf("%+v %+v", told, r.Replay)
				}
				return
			}
			if len(told) != 1 || told[0].Check != c.check || !strings.Contains(told[0].What, c.what) || r.Replay.Differ+r.Replay.Unknown != 1 {
				t.Fatalf("%+v %+v", told, r.Replay)
			}
		})
	}
}

// TestReplayThatCannotLook: nothing is called right that was not replayed.
func TestReplayThatCannotLook(t *testing.T) {
	dir := folder(t)
	r, err := fsck.Look(t.Context(), fsck.Options{Dir: dir, Rules: nowhere{}})
	ok(t, err)
	if r.OK || r.Replay.Unknown != 2 || !found(r, "replay-rules", "revision rev") || r.Problems[0].Value != "There is no repository." {
		t.Fatalf("%+v %+v", r.Replay, r.Problems)
	}
	if r, err = fsck.Check(t.Context(), dir); err != nil || !r.OK || !r.Replay.Skipped {
		t.Fatal(r, err)
	}
}

// BenchmarkReplay replays 10,000 decisions (REPLAY_DECISIONS changes the number)
// by the starter's rules.
func BenchmarkReplay(b *testing.B) {
	n := 10_000
	if v, err := strconv.Atoi(os.Getenv("REPLAY_DECISIONS")); err == nil {
		n = v
	}
	src, err := catalog.Rules(governance.FS())
	ok(b, err)
	set, err := src.Compile(b.Context())
	ok(b, err)
	dir := folder(b)
	decide(b, dir, set, n)
	begun := time.Now()
	for b.Loop() {
		r, err := fsck.Look(b.Context(), fsck.Options{Dir: dir, Rules: past{set.Revision(): set}})
		ok(b, err)
		if r.Replay.Decisions != int64(n) || r.Replay.Differ != 0 {
			b.Fatalf("%+v", r.Replay)
		}
	}
	b.ReportMetric(float64(n*b.N)/time.Since(begun).Seconds(), "decisions/s")
}
