-- name: AddUsage :exec
INSERT INTO usage (app_id, hour, requests, errors, wall_ms, cpu_ms, mib_ms, bytes_out, egress_out)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (app_id, hour) DO UPDATE SET
    requests = usage.requests + excluded.requests, errors = usage.errors + excluded.errors,
    wall_ms = usage.wall_ms + excluded.wall_ms, cpu_ms = usage.cpu_ms + excluded.cpu_ms,
    mib_ms = usage.mib_ms + excluded.mib_ms, bytes_out = usage.bytes_out + excluded.bytes_out,
    egress_out = usage.egress_out + excluded.egress_out;

-- name: ListUsage :many
SELECT * FROM usage WHERE app_id = $1 AND hour >= sqlc.arg(from_hour) AND hour < sqlc.arg(to_hour) ORDER BY hour;

-- name: InsertBudgetAlert :execrows
INSERT INTO budget_alert (app_id, period, share, at) VALUES ($1, $2, $3, $4) ON CONFLICT (app_id, period, share) DO NOTHING;

-- name: PutFact :exec
INSERT INTO fact (app_id, kind, source, status, value, observed) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (app_id, kind, source) DO UPDATE SET status = excluded.status, value = excluded.value, observed = excluded.observed;

-- name: ListFacts :many
SELECT * FROM fact WHERE app_id = $1 ORDER BY kind, source;

-- name: GetSource :one
SELECT * FROM source WHERE name = $1;

-- name: PutSource :exec
INSERT INTO source (name, status, since, read_at, proven) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO UPDATE SET status = excluded.status, since = excluded.since, read_at = excluded.read_at, proven = excluded.proven;

-- name: ListBudgetAlerts :many
SELECT share FROM budget_alert WHERE app_id = $1 AND period = $2 ORDER BY share;

-- name: InsertOutage :exec
INSERT INTO outage (source, began, ended) VALUES ($1, $2, $3)
ON CONFLICT (source, began) DO UPDATE SET ended = excluded.ended;

-- name: ListOutages :many
SELECT * FROM outage WHERE source = $1 AND ended > sqlc.arg(after) ORDER BY began;
