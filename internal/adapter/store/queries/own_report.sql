-- name: PutOwnReport :exec
INSERT INTO own_report (id, app_id, commit_id, digest, body, bundle, tool, verdict, policy, findings, partial, source, signer, reporter, received)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (app_id, commit_id, source, reporter) DO UPDATE SET digest = excluded.digest, body = excluded.body, bundle = excluded.bundle, tool = excluded.tool,
verdict = excluded.verdict, policy = excluded.policy, findings = excluded.findings, partial = excluded.partial, signer = excluded.signer, received = excluded.received;

-- name: ListOwnReports :many
SELECT own_report.id, own_report.commit_id, own_report.digest, own_report.tool, own_report.verdict, own_report.policy, own_report.findings, own_report.partial,
own_report.source, own_report.signer, own_report.reporter, own_report.received, person.email FROM own_report JOIN person ON person.id = own_report.reporter
WHERE own_report.app_id = $1 AND own_report.commit_id = $2 ORDER BY own_report.received, own_report.id;
