-- name: InsertDecision :exec
INSERT INTO decision (id, gate, app_id, subject, actor, result, verdicts, policy, input_digest, input, request_id, at, fired, took)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: GetDecision :one
SELECT * FROM decision WHERE id = $1;

-- name: ListDecisions :many
SELECT * FROM decision WHERE app_id = $1 ORDER BY at, id;

-- name: InsertApprovalRequest :exec
INSERT INTO approval_request (id, gate, app_id, subject, link, digest, needs, requester, excluded, state, created, expires, marks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $11, $12);

-- name: GetApprovalRequest :one
SELECT * FROM approval_request WHERE id = $1;

-- name: GetOpenApprovalRequest :one
SELECT * FROM approval_request WHERE gate = $1 AND app_id = $2 AND digest = $3 AND state IN ('pending', 'granted');

-- name: LatestApprovalRequest :one
SELECT * FROM approval_request WHERE gate = $1 AND app_id = $2 AND digest = $3
ORDER BY CASE WHEN state IN ('pending', 'granted') THEN 0 ELSE 1 END, created DESC, id DESC LIMIT 1;

-- name: ListPendingApprovalRequests :many
SELECT * FROM approval_request WHERE state = 'pending' ORDER BY created;

-- name: ListApprovalRequestsOfApp :many
SELECT * FROM approval_request WHERE app_id = $1 ORDER BY created;

-- name: ListOpenRequestsAtGate :many
SELECT * FROM approval_request WHERE app_id = $1 AND gate = $2 AND state IN ('pending', 'granted') ORDER BY created;

-- name: SetApprovalRequestState :execrows
UPDATE approval_request SET state = $3 WHERE id = $1 AND state = $2;

-- name: InsertApproval :exec
INSERT INTO approval (id, request_id, role, approver, yes, note, digest, at, for_person, basis, auth_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: ListApprovals :many
SELECT * FROM approval WHERE request_id = $1 ORDER BY at, id;

-- name: ListDecisionsSince :many
SELECT decision.*, CAST(COALESCE(app.name, '') AS TEXT) AS app_name FROM decision LEFT JOIN app ON app.id = decision.app_id
WHERE decision.id > sqlc.arg(after) AND decision.at >= sqlc.arg(since) ORDER BY decision.id LIMIT sqlc.arg(most);
