-- name: InsertChange :exec
INSERT INTO change (id, app_id, number, title, branch, head, base, author, committers, state, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10);

-- name: NextChangeNumber :one
SELECT CAST(coalesce(max(number), 0) + 1 AS BIGINT) FROM change WHERE app_id = $1;

-- name: GetChange :one
SELECT * FROM change WHERE app_id = $1 AND number = $2;

-- name: GetOpenChange :one
SELECT * FROM change WHERE app_id = $1 AND branch = $2 AND state = 'open';

-- name: ListChanges :many
SELECT * FROM change WHERE app_id = $1 ORDER BY number DESC LIMIT 100;

-- name: UpdateChangeHead :execrows
UPDATE change SET head = $3, base = $4, title = $5, committers = $6, version = version + 1 WHERE id = $1 AND version = $2 AND state = 'open';

-- name: CloseChange :execrows
UPDATE change SET head = $2, state = $3, merged_at = $4, merge_commit = $5, version = version + 1 WHERE id = $1 AND state = 'open';

-- name: PutReport :exec
INSERT INTO report (id, app_id, commit_id, policy, verdict, body, sbom, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (app_id, commit_id, policy) DO UPDATE SET verdict = excluded.verdict, body = excluded.body, sbom = excluded.sbom, created = excluded.created;

-- name: GetReport :one
SELECT * FROM report WHERE app_id = $1 AND commit_id = $2 ORDER BY created DESC LIMIT 1;

-- name: ListReports :many
SELECT * FROM report WHERE app_id = $1 ORDER BY created;
