package fsck_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/testkit"
)

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

// records is one app that is live with all its evidence, as plain rows.
const records = `
INSERT INTO person (id, email, name, roles, created) VALUES ('ada', 'ada@example.org', 'Ada', 'maker', 1), ('bob', 'bob@example.org', 'Bob', 'security', 1);
INSERT INTO app (id, name, owner_id, state, descriptor, created) VALUES ('app1', 'tracker', 'ada', 'active', '{}', 1);
INSERT INTO approval_request (id, gate, app_id, subject, link, digest, needs, requester, excluded, state, created, expires) VALUES
('r1', 'change.merge', 'app1', 'Change 1', '/', 'head1', '[{"role":"security","reason":"x"}]', 'ada', '["ada","eve"]', 'granted', 1, 9);
INSERT INTO approval (id, request_id, role, approver, yes, note, digest, at) VALUES ('p1', 'r1', 'security', 'bob', TRUE, '', 'head1', 2);
INSERT INTO decision (id, gate, app_id, subject, actor, result, verdicts, policy, input_digest, input, request_id, at) VALUES
('d1', 'change.merge', 'app1', 'head1', '{}', 'allow', '{"deny":null,"warn":null,"approve":[{"role":"security","reason":"x"}]}', 'rev', 'DIGEST', '{}', 'r1', 2),
('d2', 'app.deploy', 'app1', 'ARTIFACT@here', '{}', 'allow', '{"deny":[],"warn":[],"approve":[]}', 'rev', 'DIGEST', '{}', '', 3);
INSERT INTO change (id, app_id, number, title, branch, head, base, author, committers, state, created) VALUES ('c1', 'app1', 1, 't', 'b', 'head1', 'x', 'ada', '[]', 'merged', 1);
INSERT INTO artifact (digest, app_id, commit_id, sbom, provenance, size, created) VALUES ('ARTIFACT', 'app1', 'head1', 'SBOM', 'PROVENANCE', 1, 1);
INSERT INTO deployment (id, app_id, artifact, target, region, state, decision, by_person, created) VALUES ('x1', 'app1', 'ARTIFACT', 'here', 'eu', 'live', 'd2', 'ada', 3);
INSERT INTO secret (id, name, version, sealed, by_person, created) VALUES ('k1', 'key', 1, 'x', 'bob', 1);
INSERT INTO lease (id, app_id, secret, created, expires) VALUES ('l1', 'app1', 'key', 5, 1772356200000000);
INSERT INTO saga (id, kind, key, app_id, state, data, actor, created, updated) VALUES ('s1', 'merge', 'k', 'app1', 'running', '{}', '{}', 1, 1),
('s2', 'provision', 'k', 'app1', 'done', '{}', '{}', 1, 1);
UPDATE app SET classification = 'internal', region = 'eu', template = 'form', vendors = 1, cell = 'active|internal|eu|form', descriptor = '{"template":"form@1","classification":"internal","region":"eu","co_owners":["Bob@Example.org"],"vendors":[{"name":"v"}]}';
INSERT INTO app_tally (id, state, classification, region, template, n) VALUES ('t1', 'active', 'internal', 'eu', 'form', 2), ('t2', 'active', 'internal', 'eu', 'form', -1), ('t3', 'idle', 'internal', 'eu', 'form', 0);
INSERT INTO owner_tally (owner_id, n) VALUES ('ada', 1);
INSERT INTO app_term (term, name) VALUES ('tracker', 'tracker');
INSERT INTO app_co_owner (email, app_id) VALUES ('bob@example.org', 'app1');
INSERT INTO component (id, ecosystem, name, version) VALUES ('COMPONENT', 'npm', 'lodash', '4.17.20');
INSERT INTO bill (artifact, app, state, sbom, parts, live, latest) VALUES ('ARTIFACT', 'tracker', 'listed', 'SBOM', 1, TRUE, TRUE);
INSERT INTO holding (component, app, artifact, direct, build, live, latest) VALUES ('COMPONENT', 'tracker', 'ARTIFACT', 1, FALSE, TRUE, TRUE);
INSERT INTO usage (app_id, hour, requests, errors, wall_ms, cpu_ms, mib_ms, bytes_out, egress_out) VALUES ('app1', 1735722000000000, 3, 1, 5, 5, 5, 5, 5), ('app1', 1735725600000000, 4, 0, 5, 5, 5, 5, 5);
INSERT INTO usage_day (app_id, day, requests, errors, wall_ms, cpu_ms, mib_ms, bytes_out, egress_out) VALUES ('app1', 1735689600000000, 7, 1, 10, 10, 10, 10, 10);
INSERT INTO vex_document (id, digest, body, by_person, added) VALUES ('v1', 'VEX', 'statements', 'bob', 1);
INSERT INTO outside_report (id, app_id, commit_id, tools, digest, body, results, reporter, received) VALUES ('o1', 'app1', 'head1', 'snyk', 'VEX', 'statements', 0, 'bob', 1);
INSERT INTO own_report (id, app_id, commit_id, digest, body, bundle, tool, verdict, policy, findings, partial, source, signer, reporter, received) VALUES ('w1', 'app1', 'head1', 'VEX', 'statements', '', 'paddock 1', 'pass', '', 0, FALSE, 'person', '', 'bob', 1);`

// sbomText is the document of the records' artifact.
const sbomText = `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"purl":"pkg:npm/lodash@4.17.20"},{"name":"nameless","components":[{"purl":"pkg:npm/lodash@4.17.20"}]}]}`

// componentID is the id of a component, as the store makes it.
func componentID(ecosystem, name, version string) string {
	sum := sha256.Sum256([]byte(ecosystem + "\x00" + name + "\x00" + version))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// folder makes a sound data folder with real log, keys and files.
func folder(t testing.TB, more ...core.Event) string {
	t.Helper()
	dir := testkit.Folder(t)
	db, err := store.Open(t.Context(), dir)
	ok(t, err)
	fill(t, db, dir, more...)
	ok(t, db.Close())
	alter(t, dir, rows())
	return dir
}

// fill writes the log of the records with keys and files in dir.
func fill(t testing.TB, db *store.DB, dir string, more ...core.Event) {
	t.Helper()
	ctx := t.Context()
	keys, err := seal.Open(filepath.Join(dir, "keys"), rand.Reader)
	ok(t, err)
	verifier, err := note.NewVerifier(keys.AuditKey())
	ok(t, err)
	log := audit.NewLog(db, fixedClock{}, core.IDs{}, rand.Reader)
	ok(t, db.InTx(ctx, func(ctx context.Context) error {
		for _, e := range append(logged(), more...) {
			e.AppID = "app1"
			if e.Actor.Kind == "" {
				e.Actor = core.System("test")
			}
			if e.Code == "" {
				e.Code = "ok"
			}
			if err := log.Append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err = audit.NewSequencer(db, keys.NoteSigner(), verifier, nil, slog.New(slog.DiscardHandler)).IntegrateNow(ctx)
	ok(t, err)
	blobs := filepath.Join(dir, "oci", "blobs", "sha256")
	ok(t, os.MkdirAll(blobs, 0o755))
	for _, text := range []string{"artifact", sbomText, "provenance"} {
		ok(t, os.WriteFile(filepath.Join(blobs, strings.TrimPrefix(digest(text), "sha256:")), []byte(text), 0o600))
	}
}

// logged are the events of the records.
func logged() []core.Event {
	return []core.Event{
		{Action: "app.create"},
		{Action: "gate.decide", Gate: "change.merge", Target: "head1", Data: map[string]string{"decision": "d1", "policy": "rev", "input": digest("{}"), "request": "r1"}},
		{Action: "gate.decide", Gate: "app.deploy", Target: digest("artifact") + "@here", Data: map[string]string{"decision": "d2", "policy": "rev", "input": digest("{}"), "request": ""}},
		{Action: "secret.lease", Data: map[string]string{"lease": "l1", "expires": "2026-03-01T09:05:00Z"}},
		{Action: "vex.add", Target: digest("statements")},
		{Action: "secret.renew", Data: map[string]string{"lease": "l1", "expires": "2026-03-01T09:10:00Z"}},
	}
}

// rows are the records with their digests.
func rows() string {
	return strings.NewReplacer("ARTIFACT", digest("artifact"), "SBOM", digest(sbomText), "VEX", digest("statements"), "COMPONENT", componentID("npm", "lodash", "4.17.20"), "PROVENANCE", digest("provenance"), "DIGEST", digest("{}")).Replace(records)
}

// alter runs SQL on the database file.
func alter(t testing.TB, dir, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, store.File))
	ok(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1) // pragmas stay
	for s := range strings.SplitSeq(statements, ";") {
		_, err = db.Exec(s)
		if err != nil {
			t.Fatalf("%.200s: %v", s, err)
		}
	}
}

// TestSound: a sound folder has no problems.
func TestSound(t *testing.T) {
	r, err := fsck.Check(t.Context(), folder(t))
	ok(t, err)
	if !r.OK || len(r.Problems) != 0 || len(r.Checks) < 20 || r.Audit.Events != 6 {
		t.Fatalf("%+v", r)
	}
}

// off lets rows point to nothing, as in a file that was edited.
const off = `PRAGMA foreign_keys=off; `

// follows are checks that may find the same fault from another side.
var follows = map[string][]string{
	"merge-decision":    {"decision-event"},
	"deploy-decision":   {"decision-event"},
	"decision-request":  {"decision-event", "approval-missing"},
	"approval-missing":  {"decision-event"},
	"artifact-evidence": {"blobs", "app-event"},
	"grant-app":         {"approval-missing"},
	"lease-app":         {"lease-deployment"},
	"lease-span":        {"lease-ended"},
	"decision-event":    {"merge-decision"},
	"holdings":          {"components"},
	"bill":              {"components"},
}

// derived are checks of rows that are made from others: whoever changes those
// by hand leaves these behind.
var derived = []string{"app-tally", "app-cell", "app-facets", "owner-tally", "bill", "holdings", "components"}

// broken are records that break a promise, in SQL of both engines.
var broken = map[string]struct{ sql, check, where string }{
	"app without its event":         {`INSERT INTO app (id, name, owner_id, state, descriptor, created) VALUES ('app2', 'odd', 'ada', 'active', '{}', 1)`, "app-event", "app odd"},
	"decision under another id":     {off + `UPDATE decision SET id = 'd9' WHERE id = 'd1'`, "decision-event", "decision d9"},
	"decision deleted":              {`DELETE FROM decision WHERE id = 'd1'; UPDATE change SET state = 'open'`, "decision-event", "decision d1"},
	"decision by other rules":       {`UPDATE decision SET policy = 'loose' WHERE id = 'd1'`, "decision-event", "decision d1"},
	"decision without its request":  {`UPDATE decision SET request_id = 'r9' WHERE id = 'd1'`, "decision-request", "decision d1"},
	"merged unjudged":               {`UPDATE change SET head = 'head2'`, "merge-decision", "app tracker, change 1"},
	"merged after a no":             {`UPDATE decision SET result = 'deny' WHERE id = 'd1'`, "merge-decision", "app tracker, change 1"},
	"deployed after a no":           {`UPDATE decision SET result = 'deny' WHERE id = 'd2'`, "deploy-decision", "deployment x1"},
	"deployed elsewhere":            {`UPDATE deployment SET target = 'there'`, "deploy-decision", "deployment x1"},
	"once deployed elsewhere":       {`UPDATE deployment SET target = 'there', state = 'replaced'`, "deploy-decision", "deployment x1"},
	"no SBOM":                       {`UPDATE artifact SET sbom = ''`, "artifact-evidence", "artifact sha256:"},
	"no provenance":                 {`UPDATE artifact SET provenance = ''`, "artifact-evidence", "artifact sha256:"},
	"no SBOM, not live":             {`UPDATE artifact SET sbom = ''; UPDATE deployment SET state = 'stopped'`, "artifact-evidence", "artifact sha256:"},
	"an artifact of another app":    {`INSERT INTO app (id, name, owner_id, state, descriptor, created) VALUES ('app0', 'other', 'ada', 'failed', '{}', 1); UPDATE artifact SET app_id = 'app0'`, "artifact-evidence", "deployment x1"},
	"archived but live":             {`UPDATE app SET state = 'archived', archived = 9; UPDATE lease SET revoked = 1772355600000000`, "deploy-archived", "app tracker"},
	"allowed against policy":        {`UPDATE decision SET verdicts = '{"deny":[{"code":"x"}]}' WHERE id = 'd2'`, "denied-allowed", "decision d2"},
	"verdicts that are none":        {`UPDATE decision SET verdicts = '{' WHERE id = 'd2'`, "denied-allowed", "decision d2"},
	"allowed without approval":      {`UPDATE decision SET request_id = '' WHERE id = 'd1'`, "approval-missing", "decision d1"},
	"approval of another thing":     {`UPDATE approval_request SET digest = 'head0'; UPDATE approval SET digest = 'head0'`, "approval-missing", "decision d1"},
	"self-approval":                 {`UPDATE approval SET approver = 'ada'`, "four-eyes", "approval p1"},
	"excluded approver":             {`UPDATE approval_request SET excluded = '["bob"]'`, "four-eyes", "approval p1"},
	"excluded nobody knows":         {`UPDATE approval_request SET excluded = ''`, "four-eyes", "approval p1"},
	"approval digest":               {`UPDATE approval SET digest = 'head0'`, "approval-digest", "approval p1"},
	"granted by a no":               {`UPDATE approval SET yes = FALSE`, "approval-granted", "request r1"},
	"granted by nobody":             {`DELETE FROM approval`, "approval-granted", "request r1"},
	"granted by another role":       {`UPDATE approval SET role = 'maker'`, "approval-granted", "request r1"},
	"grant for no app":              {`UPDATE approval_request SET app_id = 'gone'`, "grant-app", "request r1"},
	"lease of no app":               {off + `UPDATE lease SET app_id = 'gone'`, "lease-app", "lease l1"},
	"lease of no secret":            {`DELETE FROM secret`, "lease-secret", "lease l1"},
	"lease of no deployment":        {`DELETE FROM deployment`, "lease-deployment", "lease l1"},
	"lease after archiving":         {`UPDATE app SET state = 'archived', archived = 9; UPDATE deployment SET state = 'stopped'`, "lease-archived", "app tracker, lease l1"},
	"lease used when revoked":       {`UPDATE lease SET revoked = 6`, "lease-ended", "lease l1"},
	"lease longer than logged":      {`UPDATE lease SET expires = expires + 60000000`, "lease-ended", "lease l1"},
	"lease gone":                    {`DELETE FROM lease`, "lease-ended", "lease l1"},
	"lease backwards":               {`UPDATE lease SET expires = 4`, "lease-span", "lease l1"},
	"saga data":                     {`UPDATE saga SET data = '{' WHERE id = 's1'`, "saga-data", "saga s1"},
	"saga of no app":                {`UPDATE saga SET app_id = 'gone' WHERE id = 's1'`, "saga-data", "saga s1"},
	"saga failed silently":          {`UPDATE saga SET state = 'failed' WHERE id = 's1'`, "saga-failed", "saga s1"},
	"nobody provisions":             {`UPDATE app SET state = 'provisioning'`, "provision-stuck", "app tracker"},
	"tally too high":                {`UPDATE app_tally SET n = 3 WHERE id = 't1'`, "app-tally", "apps that are active, internal, eu, form"},
	"tally of a cell that is empty": {`UPDATE app_tally SET n = 1 WHERE id = 't3'`, "app-tally", "apps that are idle"},
	"tally lost":                    {`DELETE FROM app_tally`, "app-tally", "apps that are active"},
	"owner tally":                   {`UPDATE owner_tally SET n = 2`, "owner-tally", "person ada"},
	"owner tally of nobody":         {`INSERT INTO owner_tally (owner_id, n) VALUES ('bob', 1)`, "owner-tally", "person bob"},
	"another cell":                  {`UPDATE app SET cell = 'idle|internal|eu|form'`, "app-cell", "app tracker"},
	"listed in another region":      {`UPDATE app SET region = 'us', cell = 'active|internal|us|form'; UPDATE app_tally SET region = 'us'`, "app-facets", "app tracker"},
	"co-owner added":                {`INSERT INTO app_co_owner (email, app_id) VALUES ('eve@example.org', 'app1')`, "app-facets", "app tracker"},
	"word of a name lost":           {`DELETE FROM app_term`, "app-facets", "app tracker"},
	"word of no app":                {`INSERT INTO app_term (term, name) VALUES ('ghost', 'ghost')`, "app-facets", "app ghost"},
	"use of a day":                  {`UPDATE usage_day SET requests = 8`, "usage-days", "app app1"},
	"traffic of a day":              {`UPDATE usage_day SET egress_out = 11`, "usage-days", "app app1"},
	"use of a day without hours":    {`DELETE FROM usage`, "usage-days", "app app1"},
	"bill lost":                     {`DELETE FROM holding; DELETE FROM bill`, "bill", "artifact sha256:"},
	"bill says it does not run":     {`UPDATE bill SET live = FALSE; UPDATE holding SET live = FALSE`, "bill", "artifact sha256:"},
	"bill says it is old":           {`UPDATE bill SET latest = FALSE; UPDATE holding SET latest = FALSE`, "bill", "artifact sha256:"},
	"bill of another app":           {`UPDATE bill SET app = 'other'; UPDATE holding SET app = 'other'`, "bill", "artifact sha256:"},
	"bill of another SBOM":          {`UPDATE bill SET sbom = ''`, "bill", "artifact sha256:"},
	"holding lost":                  {`DELETE FROM holding`, "holdings", "artifact sha256:"},
	"holding marked otherwise":      {`UPDATE holding SET live = FALSE`, "holdings", "artifact sha256:"},
	"holding of another component":  {`INSERT INTO component (id, ecosystem, name, version) VALUES ('` + componentID("npm", "lodash", "4.17.21") + `', 'npm', 'lodash', '4.17.21'); UPDATE holding SET component = '` + componentID("npm", "lodash", "4.17.21") + `'`, "components", "artifact sha256:"},
	"holding hidden with its count": {`DELETE FROM holding; UPDATE bill SET parts = 0`, "components", "artifact sha256:"},
	"bill unreadable, SBOM good":    {`DELETE FROM holding; UPDATE bill SET parts = 0, state = 'unreadable'`, "components", "artifact sha256:"},
	"component renamed":             {`UPDATE component SET version = '4.17.21'`, "component-id", "component "},
	"statement changed":             {`UPDATE vex_document SET body = 'other'`, "vex", "document v1"},
	"statement without its event":   {`UPDATE vex_document SET digest = '` + digest("other") + `', body = 'other'`, "vex", "document v1"},
	"report of a tool changed":      {`UPDATE outside_report SET body = 'other'`, "outside-report", "report o1"},
	"own report changed":            {`UPDATE own_report SET body = 'other'`, "outside-report", "report w1"},
	"input changed":                 {`UPDATE decision SET input = '{"a":1}' WHERE id = 'd2'`, "inputs", "decision d2"},
}

// TestBrokenPromises: each broken promise is found, by its own check alone.
func TestBrokenPromises(t *testing.T) {
	for name, c := range broken {
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
				if p.Check != c.check && !slices.Contains(follows[c.check], p.Check) && !(slices.Contains(derived, p.Check) && !slices.Contains(derived, c.check)) {
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
	if r, err := fsck.Check(t.Context(), dir); err != nil || r.OK || !slices.ContainsFunc(r.Problems, func(p fsck.Problem) bool { return strings.Contains(p.What, "digest that is none") }) {
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

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}

// TestImported: what came in without evidence may lie, as long as it has never
// run; what is here without evidence and did not come in may not.
func TestImported(t *testing.T) {
	imported := core.Event{Action: "artifact.import", Target: digest("brought")}
	const lying = `INSERT INTO artifact (digest, app_id, commit_id, sbom, provenance, size, created) VALUES ('BROUGHT', 'app1', 'head0', '', '', 1, 0);
INSERT INTO bill (artifact, app, state, sbom, parts, live, latest) VALUES ('BROUGHT', 'tracker', 'missing', '', 0, FALSE, FALSE)`
	ran := func(state string) string {
		return lying + `; INSERT INTO deployment (id, app_id, artifact, target, region, state, decision, by_person, created) VALUES ('x2', 'app1', 'BROUGHT', 'here', 'eu', '` + state + `', 'd2', 'ada', 2)`
	}
	other := imported
	other.Target = digest("something else")
	for name, c := range map[string]struct {
		sql    string
		events []core.Event
		bad    bool
	}{
		"imported, never ran":               {lying, []core.Event{imported}, false},
		"imported, could not start":         {ran("failed"), []core.Event{imported}, false},
		"imported, ran once":                {ran("replaced"), []core.Event{imported}, true},
		"imported, was stopped":             {ran("stopped"), []core.Event{imported}, true},
		"imported, is starting":             {ran("starting"), []core.Event{imported}, true},
		"not imported":                      {lying, nil, true},
		"something else was imported":       {lying, []core.Event{other}, true},
		"imported with an SBOM that is not": {strings.Replace(lying, "'head0', ''", "'head0', 'SBOM'", 1) + `; UPDATE bill SET sbom = 'SBOM' WHERE artifact = 'BROUGHT'`, []core.Event{imported}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, c.events...)
			ok(t, os.WriteFile(filepath.Join(dir, "oci", "blobs", "sha256", strings.TrimPrefix(digest("brought"), "sha256:")), []byte("brought"), 0o600))
			alter(t, dir, strings.NewReplacer("BROUGHT", digest("brought"), "SBOM", digest(sbomText)).Replace(c.sql))
			r, err := fsck.Check(t.Context(), dir)
			ok(t, err)
			if got := found(r, "artifact-evidence", "artifact "+digest("brought")); got != c.bad {
				t.Errorf("told %v, want %v: %+v", got, c.bad, r.Problems)
			}
		})
	}
}
