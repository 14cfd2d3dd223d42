-- name: InsertSealed :exec
INSERT INTO sealed_code (id, hash, person_id, sealed, sealed_by) VALUES ($1, $2, $3, $4, $5);

-- name: EndSealed :execrows
UPDATE sealed_code SET ended = $2 WHERE person_id = $1 AND used = 0 AND ended = 0;

-- name: GetSealed :one
SELECT * FROM sealed_code WHERE hash = $1;

-- name: TakeSealed :execrows
UPDATE sealed_code SET used = sqlc.arg(now), until = sqlc.arg(until), reason = sqlc.arg(reason), skipped = sqlc.arg(skipped), used_from = sqlc.arg(place)
WHERE id = sqlc.arg(id) AND used = 0 AND ended = 0;

-- name: ListSealed :many
SELECT * FROM sealed_code WHERE ended = 0 ORDER BY reviewed, used DESC, sealed DESC, id LIMIT 200;

-- name: ListOpenSealed :many
SELECT * FROM sealed_code WHERE used <> 0 AND until > sqlc.arg(now) ORDER BY used, id;

-- name: ReviewSealed :execrows
UPDATE sealed_code SET reviewed = $2, reviewer = $3, note = $4 WHERE id = $1 AND used <> 0 AND reviewed = 0;
