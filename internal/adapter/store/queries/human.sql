-- name: PutSameHuman :exec
INSERT INTO same_human (a, b, state, reason, by_person, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (a, b) DO UPDATE SET state = excluded.state, reason = excluded.reason, by_person = excluded.by_person, at = excluded.at;

-- name: ListSameHumans :many
SELECT * FROM same_human ORDER BY a, b;

-- name: InsertAddress :exec
INSERT INTO person_address (email, person_id, by_person, at) VALUES ($1, $2, $3, $4);

-- name: GetAddress :one
SELECT * FROM person_address WHERE email = $1;

-- name: DeleteAddress :execrows
DELETE FROM person_address WHERE email = $1 AND person_id = $2;

-- name: ListAddresses :many
SELECT * FROM person_address ORDER BY email;

-- name: InsertDelegation :exec
INSERT INTO delegation (id, person_id, delegate, from_at, until_at, reason, by_person, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: EndDelegation :execrows
UPDATE delegation SET ended = $2 WHERE id = $1 AND ended = 0;

-- name: GetDelegation :one
SELECT * FROM delegation WHERE id = $1;

-- name: ListDelegationsSince :many
SELECT * FROM delegation WHERE until_at >= $1 ORDER BY from_at, id;

-- name: ListAccountAddresses :many
SELECT provider, subject, person_id, email FROM account ORDER BY provider, subject;
