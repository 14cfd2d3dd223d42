-- name: PutArtifact :exec
INSERT INTO artifact (digest, app_id, commit_id, sbom, provenance, size, created) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (digest) DO UPDATE SET sbom = excluded.sbom, provenance = excluded.provenance;

-- name: GetArtifact :one
SELECT * FROM artifact WHERE digest = $1;

-- name: ArtifactOfCommit :one
SELECT * FROM artifact WHERE app_id = $1 AND commit_id = $2 ORDER BY created DESC LIMIT 1;

-- name: ListArtifacts :many
SELECT * FROM artifact WHERE app_id = $1 ORDER BY created DESC;

-- name: InsertDeployment :exec
INSERT INTO deployment (id, app_id, artifact, target, region, state, decision, by_person, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: SetDeploymentState :execrows
UPDATE deployment SET state = $3, ended = $4 WHERE id = $1 AND state = $2;

-- name: GetDeployment :one
SELECT * FROM deployment WHERE id = $1;

-- name: LiveDeployment :one
SELECT * FROM deployment WHERE app_id = $1 AND state = 'live';

-- name: LatestDeployment :one
SELECT * FROM deployment WHERE app_id = $1 AND state IN ('live', 'stopped', 'replaced') ORDER BY created DESC LIMIT 1;

-- name: ListLiveDeployments :many
SELECT * FROM deployment WHERE state = 'live' ORDER BY created;

-- name: ListDeployments :many
SELECT * FROM deployment WHERE app_id = $1 ORDER BY created DESC;
