-- name: InsertGrant :exec
INSERT INTO access_grant (id, person_id, app_id, role, environment, reason, ticket, length, wanted, extends, stage, request_id, decision_id,
    created, asked, lapses, granted, starts, expires, ended, ended_by, cause, told)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23);

-- name: MoveGrant :execrows
UPDATE access_grant SET stage = sqlc.arg(stage), request_id = sqlc.arg(request_id), decision_id = sqlc.arg(decision_id), asked = sqlc.arg(asked), lapses = sqlc.arg(lapses),
    granted = sqlc.arg(granted), starts = sqlc.arg(starts), expires = sqlc.arg(expires), ended = sqlc.arg(ended), ended_by = sqlc.arg(ended_by), cause = sqlc.arg(cause)
WHERE id = sqlc.arg(id) AND stage = sqlc.arg(was);

-- name: TellGrant :exec
UPDATE access_grant SET told = $2 WHERE id = $1;

-- name: TouchGrant :execrows
UPDATE access_grant SET uses = uses + 1 WHERE id = sqlc.arg(id) AND (stage = 'granted' OR CAST(sqlc.arg(late) AS BIGINT) = 1);

-- name: GetGrant :one
SELECT * FROM access_grant WHERE id = $1;

-- name: GetGrantOfRequest :one
SELECT * FROM access_grant WHERE request_id = $1 AND request_id <> '';

-- name: ListHeldGrants :many
SELECT * FROM access_grant WHERE person_id = $1 AND app_id = $2 AND stage = 'granted' ORDER BY expires DESC LIMIT 100;

-- name: ListGrantsOfPerson :many
SELECT * FROM access_grant WHERE person_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: ListGrants :many
SELECT * FROM access_grant WHERE id < $1 ORDER BY id DESC LIMIT $2;

-- name: ListGrantsOfApp :many
SELECT * FROM access_grant WHERE app_id = $1 ORDER BY id;

-- name: ListUntoldGrants :many
SELECT * FROM access_grant WHERE told <> 'end' AND (stage = 'asked' AND lapses <= sqlc.arg(by) OR stage = 'granted' AND expires <= sqlc.arg(by)) ORDER BY id LIMIT 500;

-- name: InsertGrantUse :exec
INSERT INTO access_use (event_id, grant_id, at) VALUES ($1, $2, $3);

-- name: ListGrantUses :many
SELECT * FROM access_use WHERE grant_id = $1 AND event_id > $2 ORDER BY event_id LIMIT $3;
