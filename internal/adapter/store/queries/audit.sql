-- name: InsertEvent :exec
INSERT INTO audit_event (id, at, action, actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: InsertPending :exec
INSERT INTO audit_pending (event_id) VALUES ($1);

-- name: PendingEvents :many
SELECT e.id, e.leaf, e.app_id, e.action, e.actor_id, e.gate, e.code FROM audit_pending p JOIN audit_event e ON e.id = p.event_id ORDER BY p.event_id LIMIT $1;

-- name: TreeSize :one
SELECT CAST(coalesce(max(idx) + 1, 0) AS BIGINT) FROM audit_leaf;

-- name: LeafHashes :many
SELECT hash FROM audit_leaf WHERE idx >= sqlc.arg(first) AND idx < sqlc.arg(past) ORDER BY idx;

-- name: NodeHashes :many
SELECT hash FROM audit_node WHERE level = sqlc.arg(level) AND n >= sqlc.arg(first) AND n < sqlc.arg(past) ORDER BY n;

-- name: InsertCheckpoint :exec
INSERT INTO audit_checkpoint (size, note) VALUES ($1, $2);

-- name: LatestCheckpoint :one
SELECT * FROM audit_checkpoint ORDER BY size DESC LIMIT 1;

-- name: LeafOfEvent :one
SELECT idx, hash FROM audit_leaf WHERE event_id = $1;

-- name: LeafRange :many
SELECT l.idx, l.hash, e.leaf FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.idx >= sqlc.arg(first) AND l.idx < sqlc.arg(past) ORDER BY l.idx;

-- name: EventByID :one
SELECT e.*, coalesce(l.idx, -1) AS idx FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.id WHERE e.id = $1;

-- name: CheckpointOf :one
SELECT note FROM audit_checkpoint WHERE size = $1;
