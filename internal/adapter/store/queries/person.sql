-- name: InsertPerson :exec
INSERT INTO person (id, email, name, roles, disabled, created) VALUES ($1, $2, $3, $4, $5, $6);

-- name: UpdatePerson :execrows
UPDATE person SET name = $2, roles = $3, disabled = $4 WHERE id = $1;

-- name: GetPerson :one
SELECT * FROM person WHERE id = $1;

-- name: GetPersonByEmail :one
SELECT * FROM person WHERE email = $1;

-- name: ListPeople :many
SELECT * FROM person ORDER BY email;
