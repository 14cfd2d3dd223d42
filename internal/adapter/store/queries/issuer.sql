-- name: InsertIssuerKey :exec
INSERT INTO issuer_key (id, public, sealed, created, begins) VALUES ($1, $2, $3, $4, $5);

-- name: ListIssuerKeys :many
SELECT * FROM issuer_key ORDER BY begins, id;

-- name: RemoveIssuerKeys :exec
UPDATE issuer_key SET removed = $2 WHERE id <> $1 AND removed = 0;
