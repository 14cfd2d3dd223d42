-- name: InsertCredential :exec
INSERT INTO credential (hash, id, kind, person_id, app_id, name, scope, created, expires, provider, provider_session, auth_time, acr, apps)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: GetCredential :one
SELECT * FROM credential WHERE hash = $1 AND kind = $2;

-- name: UseCredential :exec
UPDATE credential SET used = $2, used_door = $3, used_from = $4 WHERE hash = $1;

-- name: TakeCredential :execrows
UPDATE credential SET used = $3 WHERE hash = $1 AND kind = $2 AND used = 0 AND revoked = 0 AND expires > $3;

-- name: RevokeCredential :execrows
UPDATE credential SET revoked = $2 WHERE id = $1 AND revoked = 0;

-- name: RevokeCredentialsOfKind :execrows
UPDATE credential SET revoked = $3 WHERE person_id = $1 AND kind = $2 AND revoked = 0;

-- name: RevokeVisits :execrows
UPDATE credential SET revoked = $2 WHERE app_id = $1 AND kind IN ('ticket', 'visit') AND revoked = 0;

-- name: ListTokens :many
SELECT * FROM credential WHERE person_id = $1 AND kind = 'token' AND revoked = 0 ORDER BY created DESC;

-- name: ListSessions :many
SELECT * FROM credential WHERE person_id = $1 AND kind = 'session' AND revoked = 0 ORDER BY created DESC;

-- name: ListProviderSessions :many
SELECT * FROM credential WHERE provider = $1 AND provider_session = $2 AND kind = 'session' AND revoked = 0 ORDER BY created;

-- name: ListAllTokens :many
SELECT * FROM credential WHERE kind = 'token' AND revoked = 0 AND expires > sqlc.arg(now) ORDER BY person_id, created DESC;

-- name: GetToken :one
SELECT * FROM credential WHERE id = $1 AND kind = 'token';

-- name: ListEndingTokens :many
SELECT * FROM credential WHERE kind = 'token' AND revoked = 0 AND expires > sqlc.arg(now) AND expires <= sqlc.arg(until)
AND expires - created > sqlc.arg(longer) ORDER BY expires;
