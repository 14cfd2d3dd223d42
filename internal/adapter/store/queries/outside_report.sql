-- name: PutOutsideReport :exec
INSERT INTO outside_report (id, app_id, commit_id, tools, digest, body, results, reporter, received) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (app_id, commit_id, tools) DO UPDATE SET digest = excluded.digest, body = excluded.body, results = excluded.results, reporter = excluded.reporter, received = excluded.received;

-- name: ListOutsideReports :many
SELECT outside_report.*, person.email FROM outside_report JOIN person ON person.id = outside_report.reporter
WHERE outside_report.app_id = $1 AND outside_report.commit_id = $2 ORDER BY outside_report.tools;
