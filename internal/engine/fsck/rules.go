package fsck

import (
	"context"
	"database/sql"
	"fmt"
)

// rule is a promise as a query: each row it gives breaks it. The row's columns
// are the place and the value at fault.
type rule struct{ name, what, fix, query string }

func (c rule) check(ctx context.Context, tx *sql.Tx, r *Result) error {
	query := fmt.Sprintf("SELECT * FROM (%s) LIMIT %d", c.query, maxEach)
	return each(ctx, tx, query, 2, func(row []string) error {
		r.add(Problem{Check: c.name, What: c.what, Where: row[0], Value: row[1], Fix: c.fix})
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

// rules are the checks that SQL alone can make.
func rules() []rule {
	return []rule{
		{"app-event", "An app has no event of its creation.", fixTamper, `
SELECT 'app ' || name, id FROM app WHERE NOT EXISTS
(SELECT 1 FROM audit_event e WHERE e.app_id = app.id AND e.action = 'app.create')`},
		{"decision-event", "A decision has no event in the audit log.", fixTamper, `
SELECT 'decision ' || id, id FROM (SELECT id FROM decision EXCEPT
SELECT json_extract(leaf, '$.data.decision') FROM audit_event WHERE action = 'gate.decide' AND json_valid(leaf))`},
		{"merge-decision", "A change was merged without a decision that allows its head.", fixTamper, `
SELECT 'app ' || a.name || ', change ' || c.number, c.head FROM change c JOIN app a ON a.id = c.app_id WHERE c.state = 'merged' AND NOT EXISTS
(SELECT 1 FROM decision d WHERE d.app_id = c.app_id AND d.gate = 'change.merge' AND d.result = 'allow' AND d.subject = c.head)`},
		{"deploy-decision", "A live deployment has no decision that allows it.", fixDeploy, `
SELECT 'deployment ' || x.id, x.artifact || '@' || x.target FROM deployment x LEFT JOIN decision d ON d.id = x.decision WHERE x.state = 'live' AND
(d.id IS NULL OR d.gate <> 'app.deploy' OR d.result <> 'allow' OR d.app_id <> x.app_id OR d.subject <> x.artifact || '@' || x.target)`},
		{"deploy-evidence", "A live deployment runs an artifact without SBOM or provenance.", fixDeploy, `
SELECT 'deployment ' || x.id, x.artifact FROM deployment x LEFT JOIN artifact a ON a.digest = x.artifact AND a.app_id = x.app_id
WHERE x.state = 'live' AND (a.digest IS NULL OR a.sbom = '' OR a.provenance = '')`},
		{"deploy-archived", "An app that is out of service has a live deployment.", fixRevoke, `
SELECT 'app ' || a.name || ', deployment ' || x.id, a.state FROM deployment x JOIN app a ON a.id = x.app_id
WHERE x.state = 'live' AND a.state IN ('archived', 'deleted')`},
		{"denied-allowed", "A decision allows what policy denied.", fixTamper, `
SELECT 'decision ' || id, gate || ' ' || subject FROM decision
WHERE result = 'allow' AND json_valid(verdicts) AND COALESCE(json_array_length(verdicts, '$.deny'), 0) > 0`},
		{"approval-missing", "A decision allows what needs approval, and no approval of the same digest stands behind it.", fixTamper, `
SELECT 'decision ' || d.id, d.gate || ' ' || d.subject FROM decision d LEFT JOIN approval_request r ON r.id = d.request_id
WHERE d.result = 'allow' AND json_valid(d.verdicts) AND COALESCE(json_array_length(d.verdicts, '$.approve'), 0) > 0
AND (r.id IS NULL OR r.digest <> d.subject OR r.gate <> d.gate OR r.app_id <> d.app_id)`},
		{"four-eyes", "Somebody approved their own request.", fixPeople, `
SELECT 'approval ' || p.id || ' of request ' || r.id, p.approver FROM approval p JOIN approval_request r ON r.id = p.request_id
WHERE p.approver = r.requester OR (json_valid(r.excluded) AND EXISTS (SELECT 1 FROM json_each(r.excluded) x WHERE x.value = p.approver))`},
		{"approval-digest", "An approval is bound to another digest than its request.", fixPeople, `
SELECT 'approval ' || p.id || ' of request ' || r.id, p.digest || ' for ' || r.digest FROM approval p JOIN approval_request r ON r.id = p.request_id
WHERE p.digest <> r.digest`},
		{"approval-granted", "A request counts as granted, but a role that is needed has not said yes.", fixPeople, `
SELECT 'request ' || r.id, json_extract(n.value, '$.role') FROM approval_request r, json_each(CASE WHEN json_valid(r.needs) THEN r.needs ELSE '[]' END) n
WHERE r.state = 'granted' AND NOT EXISTS
(SELECT 1 FROM approval p WHERE p.request_id = r.id AND p.yes AND p.role = json_extract(n.value, '$.role'))`},
		{"lease-archived", "An app that is out of service kept a lease on a secret.", fixRevoke, `
SELECT 'app ' || a.name || ', lease ' || l.id, l.secret FROM lease l JOIN app a ON a.id = l.app_id
WHERE a.state IN ('archived', 'deleted') AND l.revoked = 0 AND l.expires > a.archived`},
		{"lease-ended", "A lease was renewed after it had been revoked.", fixTamper, `
SELECT 'lease ' || l.id, l.secret FROM lease l JOIN audit_event e ON e.app_id = l.app_id AND e.action = 'secret.renew'
WHERE l.revoked <> 0 AND e.at > l.revoked AND json_valid(e.leaf) AND json_extract(e.leaf, '$.data.lease') = l.id`},
		{"lease-span", "A lease ends before it starts.", fixTamper, `
SELECT 'lease ' || id, secret FROM lease WHERE expires < created OR (revoked <> 0 AND revoked < created)`},
		{"saga-data", "A multi-step act cannot go on: what it has to remember is damaged, or its app is gone.", fixTamper, `
SELECT 'saga ' || s.id, s.kind || ' ' || s.key FROM saga s LEFT JOIN app a ON a.id = s.app_id
WHERE s.state = 'running' AND (NOT json_valid(s.data) OR NOT json_valid(s.actor) OR s.step < 0 OR (s.app_id <> '' AND a.id IS NULL))`},
		{"saga-failed", "A multi-step act failed and does not say why.", fixSaga, `
SELECT 'saga ' || id, kind || ' ' || key FROM saga WHERE state = 'failed' AND problem = ''`},
		{"provision-stuck", "An app is being made, but nothing is making it.", fixSaga, `
SELECT 'app ' || name, id FROM app WHERE state = 'provisioning' AND EXISTS
(SELECT 1 FROM saga s WHERE s.app_id = app.id AND s.kind = 'provision' AND s.state <> 'running')`},
	}
}
