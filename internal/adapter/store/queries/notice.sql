-- name: InsertNotice :execrows
INSERT INTO notice (id, person, app_id, key, title, body, link, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (person, key) DO NOTHING;

-- name: ListNotices :many
SELECT * FROM notice WHERE person = $1 ORDER BY at DESC, id DESC LIMIT 100;

-- name: CountUnread :one
SELECT count(*) FROM notice WHERE person = $1 AND read_at = 0;

-- name: ReadNotice :execrows
UPDATE notice SET read_at = $3 WHERE id = $1 AND person = $2 AND read_at = 0;

-- name: InsertIncident :exec
INSERT INTO incident (id, kind, app_id, actor, what, place, fingerprint, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: ListIncidents :many
SELECT * FROM incident WHERE app_id = $1 ORDER BY at DESC;

-- name: CountIncidents :one
SELECT count(*) FROM incident WHERE kind = $1;

-- name: InsertTicket :execrows
INSERT INTO ticket (id, app_id, key, title, body, is_open, owner, at) VALUES ($1, $2, $3, $4, $5, TRUE, $6, $7)
ON CONFLICT (key) DO NOTHING;

-- name: CloseTicket :execrows
UPDATE ticket SET is_open = FALSE WHERE id = $1 AND is_open;

-- name: ListTickets :many
SELECT * FROM ticket WHERE app_id = $1 ORDER BY at;

-- name: PutCertificate :exec
INSERT INTO certificate (person_id, course, passed, expires) VALUES ($1, $2, $3, $4)
ON CONFLICT (person_id, course) DO UPDATE SET passed = excluded.passed, expires = excluded.expires;

-- name: ListCertificates :many
SELECT * FROM certificate WHERE person_id = $1 ORDER BY course;

-- name: ListAllCertificates :many
SELECT * FROM certificate ORDER BY person_id, course;
