package fsck_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

// records is one app that is live with all its evidence, as plain rows.
const records = `
INSERT INTO person (id, email, name, roles, created) VALUES ('ada', 'ada@example.org', 'Ada', 'maker', 1), ('bob', 'bob@example.org', 'Bob', 'security', 1);
INSERT INTO app (id, name, owner_id, state, descriptor, created) VALUES ('app1', 'tracker', 'ada', 'active', '{}', 1);
INSERT INTO approval_request (id, gate, app_id, subject, link, digest, needs, requester, excluded, state, created, expires) VALUES
('r1', 'change.merge', 'app1', 'Change 1', '/', 'head1', '[{"role":"security","reason":"x"}]', 'ada', '["ada","eve"]', 'granted', 1, 9);
INSERT INTO approval (id, request_id, role, approver, yes, note, digest, at) VALUES ('p1', 'r1', 'security', 'bob', 1, '', 'head1', 2);
INSERT INTO decision (id, gate, app_id, subject, actor, result, verdicts, policy, input_digest, input, request_id, at) VALUES
('d1', 'change.merge', 'app1', 'head1', '{}', 'allow', '{"deny":null,"warn":null,"approve":[{"role":"security","reason":"x"}]}', 'rev', 'DIGEST', '{}', 'r1', 2),
('d2', 'app.deploy', 'app1', 'ARTIFACT@here', '{}', 'allow', '{"deny":[],"warn":[],"approve":[]}', 'rev', 'DIGEST', '{}', '', 3);
INSERT INTO change (id, app_id, number, title, branch, head, base, author, committers, state, created) VALUES ('c1', 'app1', 1, 't', 'b', 'head1', 'x', 'ada', '[]', 'merged', 1);
INSERT INTO artifact (digest, app_id, commit_id, sbom, provenance, size, created) VALUES ('ARTIFACT', 'app1', 'head1', 'SBOM', 'PROVENANCE', 1, 1);
INSERT INTO deployment (id, app_id, artifact, target, region, state, decision, by_person, created) VALUES ('x1', 'app1', 'ARTIFACT', 'here', 'eu', 'live', 'd2', 'ada', 3);
INSERT INTO lease (id, app_id, secret, created, expires) VALUES ('l1', 'app1', 'key', 5, 9000000000000000);
INSERT INTO saga (id, kind, key, app_id, state, data, actor, created, updated) VALUES ('s1', 'merge', 'k', 'app1', 'running', '{}', '{}', 1, 1),
('s2', 'provision', 'k', 'app1', 'done', '{}', '{}', 1, 1);`

// folder makes a sound data folder with real log, keys and files.
func folder(t *testing.T) string {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	db, err := store.Open(ctx, dir)
	ok(t, err)
	keys, err := seal.Open(filepath.Join(dir, "keys"), rand.Reader)
	ok(t, err)
	verifier, err := note.NewVerifier(keys.AuditKey())
	ok(t, err)
	log := audit.NewLog(db, fixedClock{}, core.IDs{}, rand.Reader)
	ok(t, db.InTx(ctx, func(ctx context.Context) error {
		for _, e := range []core.Event{
			{Action: "app.create", AppID: "app1", Code: "ok"},
			{Action: "gate.decide", AppID: "app1", Code: "ok", Data: map[string]string{"decision": "d1"}},
			{Action: "gate.decide", AppID: "app1", Code: "ok", Data: map[string]string{"decision": "d2"}},
			{Action: "secret.renew", AppID: "app1", Code: "ok", Data: map[string]string{"lease": "l1"}},
		} {
			e.Actor = core.System("test")
			if err := log.Append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err = audit.NewSequencer(db, keys.NoteSigner(), verifier, nil, slog.New(slog.DiscardHandler)).IntegrateNow(ctx)
	ok(t, err)
	ok(t, db.Close())
	digest := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	blobs := filepath.Join(dir, "oci", "blobs", "sha256")
	ok(t, os.MkdirAll(blobs, 0o755))
	for _, text := range []string{"artifact", "sbom", "provenance"} {
		ok(t, os.WriteFile(filepath.Join(blobs, strings.TrimPrefix(digest(text), "sha256:")), []byte(text), 0o600))
	}
	alter(t, dir, strings.NewReplacer("ARTIFACT", digest("artifact"), "SBOM", digest("sbom"), "PROVENANCE", digest("provenance"), "DIGEST", digest("{}")).Replace(records))
	return dir
}

// alter runs SQL on the database file.
func alter(t *testing.T, dir, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, store.File))
	ok(t, err)
	defer db.Close()
	_, err = db.Exec(statements)
	ok(t, err)
}

// TestSound: a sound folder has no problems.
func TestSound(t *testing.T) {
	r, err := fsck.Check(t.Context(), folder(t))
	ok(t, err)
	if !r.OK || len(r.Problems) != 0 || len(r.Checks) < 20 || r.Audit.Events != 4 {
		t.Fatalf("%+v", r)
	}
}

// TestBrokenPromises: each broken promise is found, by its own check alone.
func TestBrokenPromises(t *testing.T) {
	for name, c := range map[string]struct{ sql, check, where string }{
		"app without its event":     {`INSERT INTO app (id, name, owner_id, state, descriptor, created) VALUES ('app2', 'odd', 'ada', 'active', '{}', 1)`, "app-event", "app odd"},
		"decision without event":    {`UPDATE decision SET id = 'd9' WHERE id = 'd1'`, "decision-event", "decision d9"},
		"merged unjudged":           {`UPDATE change SET head = 'head2'`, "merge-decision", "app tracker, change 1"},
		"merged after a no":         {`UPDATE decision SET result = 'deny' WHERE id = 'd1'`, "merge-decision", "app tracker, change 1"},
		"deployed after a no":       {`UPDATE decision SET result = 'deny' WHERE id = 'd2'`, "deploy-decision", "deployment x1"},
		"deployed elsewhere":        {`UPDATE deployment SET target = 'there'`, "deploy-decision", "deployment x1"},
		"no SBOM":                   {`UPDATE artifact SET sbom = ''`, "deploy-evidence", "deployment x1"},
		"no provenance":             {`UPDATE artifact SET provenance = ''`, "deploy-evidence", "deployment x1"},
		"archived but live":         {`UPDATE app SET state = 'archived', archived = 9; UPDATE lease SET revoked = 8000000000000000`, "deploy-archived", "app tracker"},
		"allowed against policy":    {`UPDATE decision SET verdicts = '{"deny":[{"code":"x"}]}' WHERE id = 'd2'`, "denied-allowed", "decision d2"},
		"allowed without approval":  {`UPDATE decision SET request_id = '' WHERE id = 'd1'`, "approval-missing", "decision d1"},
		"approval of another thing": {`UPDATE approval_request SET digest = 'head0'; UPDATE approval SET digest = 'head0'`, "approval-missing", "decision d1"},
		"self-approval":             {`UPDATE approval SET approver = 'ada'`, "four-eyes", "approval p1"},
		"excluded approver":         {`UPDATE approval_request SET excluded = '["bob"]'`, "four-eyes", "approval p1"},
		"approval digest":           {`UPDATE approval SET digest = 'head0'`, "approval-digest", "approval p1"},
		"granted by a no":           {`UPDATE approval SET yes = 0`, "approval-granted", "request r1"},
		"granted by another role":   {`UPDATE approval SET role = 'maker'`, "approval-granted", "request r1"},
		"lease after archiving":     {`UPDATE app SET state = 'archived', archived = 9; UPDATE deployment SET state = 'stopped'`, "lease-archived", "app tracker, lease l1"},
		"lease renewed after end":   {`UPDATE lease SET revoked = 6`, "lease-ended", "lease l1"},
		"lease backwards":           {`UPDATE lease SET expires = 4`, "lease-span", "lease l1"},
		"saga data":                 {`UPDATE saga SET data = '{' WHERE id = 's1'`, "saga-data", "saga s1"},
		"saga of no app":            {`UPDATE saga SET app_id = 'gone' WHERE id = 's1'`, "saga-data", "saga s1"},
		"saga failed silently":      {`UPDATE saga SET state = 'failed' WHERE id = 's1'`, "saga-failed", "saga s1"},
		"nobody provisions":         {`UPDATE app SET state = 'provisioning'`, "provision-stuck", "app tracker"},
		"input changed":             {`UPDATE decision SET input = '{"a":1}' WHERE id = 'd2'`, "inputs", "decision d2"},
		"audit column":              {`DROP TRIGGER IF EXISTS audit_event_no_update; UPDATE audit_event SET action = 'app.made' WHERE action = 'app.create'`, "audit", "audit_event"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			alter(t, dir, c.sql)
			r, err := fsck.Check(t.Context(), dir)
			ok(t, err)
			if r.OK || !found(r, c.check, c.where) {
				t.Fatalf("%+v", r.Problems)
			}
			for _, p := range r.Problems {
				if p.Check != c.check && c.check != "audit" {
					t.Errorf("also told: %+v", p)
				}
				if p.What == "" || p.Where == "" || p.Fix == "" {
					t.Errorf("says too little: %+v", p)
				}
			}
		})
	}
}

func found(r fsck.Result, check, where string) bool {
	for _, p := range r.Problems {
		if p.Check == check && strings.HasPrefix(p.Where, where) {
			return true
		}
	}
	return false
}

// TestFiles: the files of a live deployment are there and unchanged.
func TestFiles(t *testing.T) {
	for _, change := range []func(path string) error{
		os.Remove,
		func(path string) error { return os.WriteFile(path, []byte("other"), 0o600) },
		func(path string) error { return os.Truncate(path, 0) },
	} {
		dir := folder(t)
		files, err := filepath.Glob(filepath.Join(dir, "oci", "blobs", "sha256", "*"))
		ok(t, err)
		ok(t, change(files[0]))
		r, err := fsck.Check(t.Context(), dir)
		ok(t, err)
		if r.OK || len(r.Problems) != 1 || r.Problems[0].Check != "blobs" {
			t.Errorf("%+v", r.Problems)
		}
	}
	dir := folder(t)
	alter(t, dir, `PRAGMA foreign_keys=off; UPDATE artifact SET sbom = '../../keys'`)
	if r, err := fsck.Check(t.Context(), dir); err != nil || r.OK || !strings.Contains(r.Problems[0].What, "digest that is none") {
		t.Error(r.Problems, err)
	}
}

// TestOutput: both forms say what was found.
func TestOutput(t *testing.T) {
	dir := folder(t)
	alter(t, dir, `UPDATE approval SET digest = 'head0'`)
	r, err := fsck.Check(t.Context(), dir)
	ok(t, err)
	var text, js strings.Builder
	ok(t, r.WriteText(&text))
	ok(t, r.WriteJSON(&js))
	var back fsck.Result
	ok(t, json.Unmarshal([]byte(js.String()), &back))
	if back.OK || len(back.Problems) != 1 || !strings.Contains(text.String(), "head0 for head1") || !strings.Contains(text.String(), "The audit log is intact") {
		t.Fatal(text.String())
	}
	if _, err := fsck.Check(t.Context(), t.TempDir()); core.CodeOf(err) != core.Unreadable {
		t.Fatal(err)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}
