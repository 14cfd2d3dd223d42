-- name: InsertSaga :execrows
INSERT INTO saga (id, kind, key, app_id, state, step, data, actor, created, updated, grant_id)
VALUES ($1, $2, $3, $4, 'running', 0, $5, $6, $7, $7, $8)
ON CONFLICT (kind, key) DO NOTHING;

-- name: GetSaga :one
SELECT * FROM saga WHERE id = $1;

-- name: GetSagaByKey :one
SELECT * FROM saga WHERE kind = $1 AND key = $2;

-- name: AdvanceSaga :execrows
UPDATE saga SET step = $3, data = $4, state = $5, problem = $6, attempts = $7, updated = $8 WHERE id = $1 AND step = $2 AND state = 'running';

-- name: ReopenSaga :execrows
UPDATE saga SET state = 'running', attempts = 0, problem = '', updated = $2 WHERE id = $1 AND state = 'failed';

-- name: ListRunningSagas :many
SELECT * FROM saga WHERE state = 'running' ORDER BY created;

-- name: ListSagasOfApp :many
SELECT * FROM saga WHERE app_id = $1 ORDER BY created;
