-- name: InsertVEX :execrows
INSERT INTO vex_document (id, digest, body, by_person, added) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (digest) DO NOTHING;

-- name: ListVEX :many
SELECT vex_document.*, person.email FROM vex_document JOIN person ON person.id = vex_document.by_person ORDER BY vex_document.id;

-- name: VEXMark :one
SELECT count(*) AS n, CAST(coalesce(max(id), '') AS TEXT) AS last FROM vex_document;
