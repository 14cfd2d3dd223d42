-- name: NextGovernanceNumber :one
SELECT CAST(coalesce(max(number), 0) + 1 AS BIGINT) FROM governance_change;

-- name: InsertGovernanceChange :exec
INSERT INTO governance_change (id, number, branch, head, state, author, report, created, updated)
VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $7);

-- name: UpdateGovernanceChange :execrows
UPDATE governance_change SET head = $2, author = $3, report = $4, updated = $5 WHERE id = $1 AND state = 'open';

-- name: EndGovernanceChange :execrows
UPDATE governance_change SET state = $3, updated = $4 WHERE number = $1 AND head = $2 AND state = 'open';

-- name: GetGovernanceChange :one
SELECT * FROM governance_change WHERE number = $1;

-- name: GetOpenGovernanceChange :one
SELECT * FROM governance_change WHERE branch = $1 AND state = 'open';

-- name: GetGovernanceChangeOf :one
SELECT * FROM governance_change WHERE head = $1 AND state = 'open' ORDER BY number DESC LIMIT 1;

-- name: ListGovernanceChanges :many
SELECT * FROM governance_change ORDER BY number DESC LIMIT 100;

-- name: InsertActivation :exec
INSERT INTO activation (number, commit_id, policy, halted, how, restores, change, decision, by_person, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: GetActivation :one
SELECT * FROM activation ORDER BY number DESC LIMIT 1;

-- name: ListActivations :many
SELECT * FROM activation ORDER BY number DESC LIMIT 1000;

-- name: GetActivationOf :one
SELECT * FROM activation WHERE commit_id = $1 ORDER BY number DESC LIMIT 1;
