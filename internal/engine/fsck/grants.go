package fsck

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// grantRules find grants that have lost what they stand for. A grant is any
// right in force that rests on something else: today a request for approval
// that counts as granted, and a lease on a secret. What comes later (a
// just-in-time elevation) is one more row here.
func grantRules() []rule {
	return []rule{
		{name: "grant-app", what: "A granted request is about an app that is gone.", fix: fixPeople, query: `
SELECT 'request ' || r.id, r.app_id FROM approval_request r LEFT JOIN app a ON a.id = r.app_id
WHERE r.state = 'granted' AND r.app_id <> '' AND a.id IS NULL AND r.gate <> 'app.create'`},
		{name: "lease-app", what: "A lease belongs to an app that is gone.", fix: fixTamper, query: `
SELECT 'lease ' || l.id, l.app_id FROM lease l LEFT JOIN app a ON a.id = l.app_id WHERE a.id IS NULL`},
		{name: "lease-secret", what: "A lease is on a secret that there never was.", fix: fixTamper, query: `
SELECT 'lease ' || l.id, l.secret FROM lease l WHERE NOT EXISTS (SELECT 1 FROM secret s WHERE s.name = l.secret)`},
		{name: "lease-deployment", what: "A lease belongs to an app that was never deployed.", fix: fixTamper, query: `
SELECT 'lease ' || l.id, l.secret FROM lease l WHERE NOT EXISTS (SELECT 1 FROM deployment x WHERE x.app_id = l.app_id)`},
		{name: "lease-archived", what: "An app that is out of service kept a lease on a secret.", fix: fixRevoke, query: `
SELECT 'app ' || a.name || ', lease ' || l.id, l.secret FROM lease l JOIN app a ON a.id = l.app_id
WHERE a.state IN ('archived', 'deleted') AND l.revoked = 0 AND l.expires > a.archived`},
		{name: "lease-span", what: "A lease ends before it starts.", fix: fixTamper, query: `
SELECT 'lease ' || id, secret FROM lease WHERE expires < created OR (revoked <> 0 AND revoked < created)`},
	}
}

// granted holds each request that counts as granted against the answers: every
// role that it needs has said yes.
func (l *look) granted(ctx context.Context) error {
	f := l.check("approval-granted", fixPeople)
	var id, needs string
	var yes []string
	end := func() {
		if missing := missingYes(needs, yes); id != "" && missing != "" {
			f.tell("A request counts as granted, but a role that is needed has not said yes.", "request "+id, missing)
		}
	}
	err := l.each(ctx, `SELECT r.id, r.needs, COALESCE(p.role, '') FROM approval_request r
LEFT JOIN approval p ON p.request_id = r.id AND p.yes WHERE r.state = 'granted' ORDER BY r.id`, 3, func(row []string) error {
		if row[0] != id {
			end()
			id, needs, yes = row[0], row[1], nil
		}
		yes = append(yes, row[2])
		return nil
	})
	end()
	return err
}

// missingYes returns the roles of needs (JSON) that are not among yes.
func missingYes(needs string, yes []string) string {
	var all []struct{ Role string }
	if json.Unmarshal([]byte(needs), &all) != nil {
		return "needs that cannot be read"
	}
	var missing []string
	for _, n := range all {
		if !slices.Contains(yes, n.Role) {
			missing = append(missing, n.Role)
		}
	}
	return strings.Join(missing, ", ")
}
