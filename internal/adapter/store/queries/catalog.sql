-- name: UpdateAppFacets :exec
UPDATE app SET classification = $2, region = $3, template = $4, cell = app.state || '|' || CAST($2 AS TEXT) || '|' || CAST($3 AS TEXT) || '|' || CAST($4 AS TEXT), vendors = $5 WHERE id = $1;

-- name: GetAppFacets :one
SELECT name, owner_id, state, classification, region, template, version FROM app WHERE id = $1;

-- name: InsertTally :exec
INSERT INTO app_tally (id, state, classification, region, template, n) VALUES ($1, $2, $3, $4, $5, $6);

-- name: ListTally :many
SELECT state, classification, region, template, CAST(sum(n) AS BIGINT) AS n FROM app_tally GROUP BY state, classification, region, template;

-- name: CountTallyRows :one
SELECT count(*) FROM app_tally;

-- name: ClearTally :exec
DELETE FROM app_tally;

-- name: AddOwnerTally :exec
INSERT INTO owner_tally (owner_id, n) VALUES ($1, $2) ON CONFLICT (owner_id) DO UPDATE SET n = owner_tally.n + excluded.n;

-- name: TopOwners :many
SELECT person.id, person.email, owner_tally.n FROM owner_tally JOIN person ON person.id = owner_tally.owner_id
WHERE owner_tally.n > 0 ORDER BY owner_tally.n DESC, owner_tally.owner_id LIMIT sqlc.arg(most);

-- name: DeleteCoOwners :exec
DELETE FROM app_co_owner WHERE app_id = $1;

-- name: ListOwnedApps :many
SELECT a.name, a.state, a.classification, a.region, a.template, a.owner_id, a.last_active FROM app a WHERE a.owner_id = sqlc.arg(person)
UNION
SELECT app.name, app.state, app.classification, app.region, app.template, app.owner_id, app.last_active
FROM app_co_owner c JOIN app ON app.id = c.app_id WHERE c.email = sqlc.arg(email);

-- name: ListTerms :many
SELECT term, name FROM app_term WHERE term >= sqlc.arg(first) AND term < sqlc.arg(past) ORDER BY term, name LIMIT sqlc.arg(most);

-- name: AddUsageDay :exec
INSERT INTO usage_day (app_id, day, requests, errors, wall_ms, cpu_ms, mib_ms, bytes_out, egress_out)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (app_id, day) DO UPDATE SET
    requests = usage_day.requests + excluded.requests, errors = usage_day.errors + excluded.errors,
    wall_ms = usage_day.wall_ms + excluded.wall_ms, cpu_ms = usage_day.cpu_ms + excluded.cpu_ms,
    mib_ms = usage_day.mib_ms + excluded.mib_ms, bytes_out = usage_day.bytes_out + excluded.bytes_out,
    egress_out = usage_day.egress_out + excluded.egress_out;

-- name: ListLiveAppsWithVendors :many
SELECT app.*, person.email AS owner_email FROM app JOIN person ON person.id = app.owner_id
WHERE app.vendors > 0 AND app.id > sqlc.arg(after) AND EXISTS (SELECT 1 FROM deployment d WHERE d.app_id = app.id AND d.state = 'live')
ORDER BY app.id LIMIT sqlc.arg(most);

-- name: CountAppsInState :one
SELECT count(*) FROM app WHERE state = $1;

-- name: ListUnusedApps :many
SELECT app.*, person.email AS owner_email FROM app JOIN person ON person.id = app.owner_id
WHERE app.state = sqlc.arg(state) AND app.last_active < sqlc.arg(before) AND app.created < sqlc.arg(before) AND app.id > sqlc.arg(after)
ORDER BY app.id LIMIT sqlc.arg(most);
