-- name: InsertAccount :exec
INSERT INTO account (provider, subject, person_id, email, created, used) VALUES ($1, $2, $3, $4, $5, $6);

-- name: GetAccount :one
SELECT * FROM account WHERE provider = $1 AND subject = $2;

-- name: ListAccounts :many
SELECT * FROM account WHERE person_id = $1 ORDER BY provider, subject;

-- name: UseAccount :execrows
UPDATE account SET email = $3, used = $4 WHERE provider = $1 AND subject = $2;

-- name: DeleteAccount :execrows
DELETE FROM account WHERE provider = $1 AND subject = $2;

-- name: InsertMembership :exec
INSERT INTO membership (person_id, provider, group_name, since) VALUES ($1, $2, $3, $4);

-- name: DeleteMembership :exec
DELETE FROM membership WHERE person_id = $1 AND provider = $2 AND group_name = $3;

-- name: ListMemberships :many
SELECT * FROM membership WHERE person_id = $1 ORDER BY provider, group_name;

-- name: ListAllMemberships :many
SELECT * FROM membership ORDER BY person_id, provider, group_name;

-- name: ListMembers :many
SELECT person_id FROM membership WHERE provider = $1 AND group_name = $2 ORDER BY person_id;
