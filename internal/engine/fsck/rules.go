package fsck

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// rule is a promise as a query in the SQL of both engines: each row it gives is
// held against the promise. Its first two columns are the place and the value at
// fault. JSON is read in Go, by judge: it says whether the row breaks the
// promise; without it each row does.
type rule struct {
	name, what, fix, query string
	columns                int // 0 means 2
	judge                  func(row []string) bool
}

func (l *look) rule(ctx context.Context, c rule) error {
	f := l.check(c.name, c.fix)
	query, columns := c.query, max(2, c.columns)
	if c.judge == nil {
		query = fmt.Sprintf("SELECT * FROM (%s) AS found LIMIT %d", c.query, maxEach)
	}
	return l.each(ctx, query, columns, func(row []string) error {
		if c.judge == nil || c.judge(row) {
			f.tell(c.what, row[0], row[1])
		}
		return nil
	})
}

const (
	fixTamper = "No door of Paddock can write this. Keep the file, look for who changed it, restore from a backup."
	fixDeploy = "Stop the app, build it again from its main branch, then deploy the new artifact."
	fixPeople = "Ask somebody else to approve it again; until then treat it as not approved."
	fixRevoke = "Archive the app again: that ends its leases and its deployment."
	fixSaga   = "Start the server: it goes on where it stopped. If it fails again, read the problem and repeat the act."
)

// rules are the checks of single records.
func rules() []rule {
	return slices.Concat(appRules(), decisionRules(), approvalRules(), grantRules(), derivedRules())
}

func appRules() []rule {
	return []rule{
		{name: "app-event", what: "An app has no event of its creation.", fix: fixTamper, query: `
SELECT 'app ' || name, id FROM app
WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.app_id = app.id AND l.action = 'app.create')
AND NOT EXISTS (SELECT 1 FROM audit_pending p CROSS JOIN audit_event e WHERE e.id = p.event_id AND e.app_id = app.id AND e.action = 'app.create')`},
		{name: "saga-data", what: "A multi-step act cannot go on: what it has to remember is damaged, or its app is gone.", fix: fixTamper, columns: 6, query: `
SELECT 'saga ' || s.id, s.kind || ' ' || s.key, s.data, s.actor, CAST(s.step AS TEXT), CASE WHEN s.app_id <> '' AND a.id IS NULL THEN 'gone' ELSE '' END
FROM saga s LEFT JOIN app a ON a.id = s.app_id WHERE s.state = 'running'`,
			judge: func(row []string) bool {
				return !json.Valid([]byte(row[2])) || !json.Valid([]byte(row[3])) || row[4][0] == '-' || row[5] != ""
			}},
		{name: "saga-failed", what: "A multi-step act failed and does not say why.", fix: fixSaga, query: `
SELECT 'saga ' || id, kind || ' ' || key FROM saga WHERE state = 'failed' AND problem = ''`},
		{name: "provision-stuck", what: "An app is being made, but nothing is making it.", fix: fixSaga, query: `
SELECT 'app ' || name, id FROM app WHERE state = 'provisioning' AND EXISTS
(SELECT 1 FROM saga s WHERE s.app_id = app.id AND s.kind = 'provision' AND s.state <> 'running')`},
		{name: "deploy-archived", what: "An app that is out of service has a live deployment.", fix: fixRevoke, query: `
SELECT 'app ' || a.name || ', deployment ' || x.id, a.state FROM deployment x JOIN app a ON a.id = x.app_id
WHERE x.state = 'live' AND a.state IN ('archived', 'deleted')`},
	}
}

func decisionRules() []rule {
	return []rule{
		{name: "merge-decision", what: "A change was merged without a decision that allows its head.", fix: fixTamper, query: `
SELECT 'app ' || a.name || ', change ' || CAST(c.number AS TEXT), c.head FROM change c JOIN app a ON a.id = c.app_id WHERE c.state = 'merged' AND NOT EXISTS
(SELECT 1 FROM decision d WHERE d.app_id = c.app_id AND d.gate = 'change.merge' AND d.result = 'allow' AND d.subject = c.head)`},
		{name: "deploy-decision", what: "A deployment has no decision that allows it.", fix: fixDeploy, query: `
SELECT 'deployment ' || x.id, x.artifact || '@' || x.target FROM deployment x LEFT JOIN decision d ON d.id = x.decision WHERE
d.id IS NULL OR d.gate <> 'app.deploy' OR d.result <> 'allow' OR d.app_id <> x.app_id OR d.subject <> x.artifact || '@' || x.target`},
		{name: "decision-app", what: "A decision is about an app that is gone.", fix: fixTamper, query: `
SELECT 'decision ' || d.id, d.app_id FROM decision d LEFT JOIN app a ON a.id = d.app_id WHERE d.app_id <> '' AND a.id IS NULL AND d.result = 'allow' AND d.gate <> 'app.create'`},
		{name: "decision-request", what: "A decision rests on a request for approval that is gone.", fix: fixTamper, query: `
SELECT 'decision ' || d.id, d.request_id FROM decision d LEFT JOIN approval_request r ON r.id = d.request_id WHERE d.request_id <> '' AND r.id IS NULL`},
		{name: "denied-allowed", what: "A decision allows what policy denied.", fix: fixTamper, columns: 3, query: `
SELECT 'decision ' || id, gate || ' ' || subject, verdicts FROM decision WHERE result = 'allow'`,
			judge: func(row []string) bool { return len(verdictsOf(row[2]).Deny) > 0 }},
		{name: "approval-missing", what: "A decision allows what needs approval, and no approval of the same digest stands behind it.", fix: fixTamper, columns: 3, query: `
SELECT 'decision ' || d.id, d.gate || ' ' || d.subject, d.verdicts FROM decision d LEFT JOIN approval_request r ON r.id = d.request_id
WHERE d.result = 'allow' AND (r.id IS NULL OR r.digest <> d.subject OR r.gate <> d.gate OR r.app_id <> d.app_id)`,
			judge: func(row []string) bool { return len(verdictsOf(row[2]).Approve) > 0 }},
	}
}

func approvalRules() []rule {
	return []rule{
		{name: "four-eyes", what: "Somebody approved their own request.", fix: fixPeople, columns: 4, query: `
SELECT 'approval ' || p.id || ' of request ' || r.id, p.approver, r.requester, r.excluded FROM approval p JOIN approval_request r ON r.id = p.request_id`,
			judge: func(row []string) bool {
				var excluded []string
				return row[1] == row[2] || json.Unmarshal([]byte(row[3]), &excluded) != nil || slices.Contains(excluded, row[1])
			}},
		{name: "approval-digest", what: "An approval is bound to another digest than its request.", fix: fixPeople, query: `
SELECT 'approval ' || p.id || ' of request ' || r.id, p.digest || ' for ' || r.digest FROM approval p JOIN approval_request r ON r.id = p.request_id
WHERE p.digest <> r.digest`},
	}
}
