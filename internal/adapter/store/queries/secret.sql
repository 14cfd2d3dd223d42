-- name: InsertSecret :exec
INSERT INTO secret (id, name, version, sealed, by_person, created) VALUES ($1, $2, $3, $4, $5, $6);

-- name: LatestSecret :one
SELECT * FROM secret WHERE name = $1 AND deleted = 0 ORDER BY version DESC LIMIT 1;

-- name: NextSecretVersion :one
SELECT CAST(coalesce(max(version), 0) + 1 AS BIGINT) FROM secret WHERE name = $1;

-- name: DeleteSecret :execrows
UPDATE secret SET deleted = $2 WHERE name = $1 AND deleted = 0;

-- name: ListSecretVersions :many
SELECT id, name, version, by_person, created, deleted FROM secret WHERE name = $1 ORDER BY version;

-- name: ListSecretNames :many
SELECT DISTINCT name FROM secret WHERE deleted = 0 ORDER BY name;

-- name: InsertLease :exec
INSERT INTO lease (id, app_id, secret, created, expires) VALUES ($1, $2, $3, $4, $5);

-- name: LeaseInForce :one
SELECT * FROM lease WHERE app_id = $1 AND secret = $2 AND revoked = 0 AND expires > $3 ORDER BY expires DESC LIMIT 1;

-- name: ExtendLease :execrows
UPDATE lease SET expires = $2 WHERE id = $1 AND revoked = 0;

-- name: RevokeLeases :execrows
UPDATE lease SET revoked = $2, why = $3 WHERE app_id = $1 AND revoked = 0 AND expires > $2;

-- name: ListLeases :many
SELECT * FROM lease WHERE app_id = $1 ORDER BY created;
