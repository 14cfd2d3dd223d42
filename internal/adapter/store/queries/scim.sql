-- name: InsertSCIMUser :exec
INSERT INTO scim_user (id, provider, person_id, user_name, external_id, email, active, body, created, changed, off_at, gone)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: UpdateSCIMUser :execrows
UPDATE scim_user SET user_name = $2, external_id = $3, email = $4, active = $5, body = $6, changed = $7, off_at = $8, gone = $9 WHERE id = $1;

-- name: GetSCIMUser :one
SELECT * FROM scim_user WHERE provider = $1 AND id = $2 AND gone = 0;

-- name: GetSCIMUserOf :one
SELECT * FROM scim_user WHERE provider = $1 AND person_id = $2;

-- name: ListSCIMUsersExternal :many
SELECT * FROM scim_user WHERE provider = $1 AND external_id = $2 ORDER BY gone, id;

-- name: ListSCIMUsersOf :many
SELECT * FROM scim_user WHERE person_id = $1 ORDER BY provider;

-- name: CountSCIMOff :one
SELECT count(*) FROM scim_user WHERE provider = $1 AND off_at > $2 AND off_at <> 0;

-- name: CountSCIMActive :one
SELECT count(*) FROM scim_user WHERE provider = $1 AND gone = 0 AND active;

-- name: InsertSCIMGroup :exec
INSERT INTO scim_group (id, provider, name, folded, external_id, created, changed) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: UpdateSCIMGroup :execrows
UPDATE scim_group SET name = $2, folded = $3, external_id = $4, changed = $5 WHERE id = $1;

-- name: DeleteSCIMGroup :execrows
DELETE FROM scim_group WHERE id = $1;

-- name: GetSCIMGroup :one
SELECT * FROM scim_group WHERE provider = $1 AND id = $2;

-- name: ListSCIMMembers :many
SELECT u.id, p.name, p.email FROM membership m JOIN scim_user u ON u.provider = m.provider AND u.person_id = m.person_id JOIN person p ON p.id = m.person_id
WHERE m.provider = $1 AND m.group_name = $2 AND u.gone = 0 ORDER BY u.id LIMIT sqlc.arg(most);

-- name: RenameMemberships :exec
UPDATE membership SET group_name = sqlc.arg(new_name) WHERE provider = sqlc.arg(provider) AND group_name = sqlc.arg(old_name);

-- name: DeleteMemberships :exec
DELETE FROM membership WHERE provider = $1 AND group_name = $2;

-- name: DeleteStrayMemberships :execrows
DELETE FROM membership WHERE membership.provider = sqlc.arg(of_provider) AND NOT EXISTS (SELECT 1 FROM scim_group g WHERE g.provider = membership.provider AND g.name = membership.group_name);
