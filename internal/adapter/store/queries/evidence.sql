-- What evidence packs are made of. Everything is read in pages, by key. An id is
-- never older than its event, but may be younger: after a clock was set back.
-- CROSS JOIN makes SQLite walk the leaves.

-- name: EventsOfAppAfter :many
SELECT e.id, e.at, e.action, l.idx, e.leaf, e.opening FROM audit_leaf l CROSS JOIN audit_event e
WHERE e.id = l.event_id AND l.app_id = sqlc.arg(app_id) AND l.event_id > sqlc.arg(after) ORDER BY l.event_id LIMIT sqlc.arg(most);

-- name: EventsOfActionAfter :many
SELECT e.id, e.at, e.action, l.idx, e.leaf, e.opening FROM audit_leaf l CROSS JOIN audit_event e
WHERE e.id = l.event_id AND l.action = sqlc.arg(action) AND l.event_id > sqlc.arg(after) ORDER BY l.event_id LIMIT sqlc.arg(most);

-- name: AppsWithEvents :many
SELECT DISTINCT l.app_id FROM audit_leaf l CROSS JOIN audit_event e
WHERE e.id = l.event_id AND l.event_id >= sqlc.arg(first) AND l.event_id < sqlc.arg(past) AND e.at >= sqlc.arg(from_at) AND e.at < sqlc.arg(to_at)
AND l.app_id > sqlc.arg(after) ORDER BY l.app_id LIMIT sqlc.arg(most);

-- name: LeafSpan :one
SELECT CAST(coalesce(min(l.idx), -1) AS BIGINT) AS low, CAST(coalesce(max(l.idx), -1) AS BIGINT) AS high
FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
WHERE e.id >= sqlc.arg(first) AND e.id < sqlc.arg(past) AND e.at >= sqlc.arg(from_at) AND e.at < sqlc.arg(to_at);

-- name: StrayLeaves :many
SELECT l.idx, e.id, e.app_id FROM audit_leaf l CROSS JOIN audit_event e
WHERE e.id = l.event_id AND l.idx >= sqlc.arg(low) AND l.idx <= sqlc.arg(high) AND (e.at < sqlc.arg(from_at) OR e.at >= sqlc.arg(to_at)) ORDER BY l.idx LIMIT sqlc.arg(most);

-- name: ReportsMade :many
SELECT body, created FROM report WHERE app_id = $1 ORDER BY created, id;

-- name: CertificatesOf :many
SELECT course, passed, expires FROM certificate WHERE person_id = $1 ORDER BY course;
