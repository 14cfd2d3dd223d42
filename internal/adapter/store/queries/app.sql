-- name: InsertApp :exec
INSERT INTO app (id, name, owner_id, buddy_id, state, descriptor, created) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: GetApp :one
SELECT app.*, person.email AS owner_email FROM app JOIN person ON person.id = app.owner_id WHERE app.id = $1;

-- name: GetAppByName :one
SELECT app.*, person.email AS owner_email FROM app JOIN person ON person.id = app.owner_id WHERE app.name = $1;

-- name: ListApps :many
SELECT app.*, person.email AS owner_email FROM app JOIN person ON person.id = app.owner_id
WHERE app.state <> 'deleted' AND app.name > sqlc.arg(after) ORDER BY app.name LIMIT sqlc.arg(most);

-- name: ListAppsInState :many
SELECT app.*, person.email AS owner_email FROM app JOIN person ON person.id = app.owner_id
WHERE app.state = $1 ORDER BY app.id;

-- name: UpdateAppState :execrows
UPDATE app SET state = $3, idle_since = $4, archived = $5, version = version + 1,
    cell = CAST($3 AS TEXT) || '|' || classification || '|' || region || '|' || template WHERE id = $1 AND state = $2;

-- name: UpdateAppDescriptor :execrows
UPDATE app SET descriptor = $2, version = version + 1 WHERE id = $1;

-- name: UpdateAppOwner :execrows
UPDATE app SET owner_id = $2, version = version + 1 WHERE id = $1;

-- name: UpdateAppBuddy :execrows
UPDATE app SET buddy_id = $2, version = version + 1 WHERE id = $1;

-- name: TouchApp :execrows
UPDATE app SET last_active = $2 WHERE id = $1 AND last_active < $2;

-- name: CountBuddies :many
SELECT buddy_id, count(*) AS apps FROM app WHERE buddy_id <> '' AND state <> 'deleted' GROUP BY buddy_id;

-- name: ListFleet :many
-- The state is held against as an expression, so that apps are walked by id: an
-- index on the state would sort the whole fleet for each page.
SELECT app.id, app.name, app.owner_id, app.state, app.descriptor, person.email AS owner_email, person.roles AS owner_roles,
    CAST(COALESCE(artifact.digest, '') AS TEXT) AS digest, CAST(COALESCE(artifact.commit_id, '') AS TEXT) AS commit_id,
    CAST(COALESCE(artifact.sbom, '') AS TEXT) AS sbom, CAST(COALESCE(artifact.provenance, '') AS TEXT) AS provenance
FROM app JOIN person ON person.id = app.owner_id
LEFT JOIN deployment ON deployment.app_id = app.id AND deployment.state = 'live'
LEFT JOIN artifact ON artifact.digest = deployment.artifact
WHERE (app.state || '') IN ('active', 'idle') AND app.id > sqlc.arg(after) ORDER BY app.id LIMIT sqlc.arg(most);
