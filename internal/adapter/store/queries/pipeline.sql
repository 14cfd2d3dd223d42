-- name: InsertPipeline :exec
INSERT INTO pipeline (id, app_id, kind, issuer, repository_id, owner_id, repository, ref, environment, events, workflow, workflow_sha, self_hosted, state, asked, lapses)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: UpdatePipeline :execrows
UPDATE pipeline SET repository = $2, events = $3, state = $4, lapses = $5, owner = $6, owner_at = $7, security = $8, security_at = $9, removed = $10, version = version + 1
WHERE id = $1 AND version = $11;

-- name: UsePipeline :exec
UPDATE pipeline SET used = $2, run = $3 WHERE id = $1;

-- name: GetPipeline :one
SELECT * FROM pipeline WHERE id = $1;

-- name: ListPipelines :many
SELECT * FROM pipeline WHERE app_id = $1 AND state <> 'removed' ORDER BY asked, id;

-- name: ListPipelinesOf :many
SELECT * FROM pipeline WHERE issuer = $1 AND (repository_id = $2 OR repository = $3) AND state <> 'removed' ORDER BY asked, id LIMIT 200;

-- name: InsertPipelineToken :exec
INSERT INTO pipeline_token (hash, pipeline_id, app_id, commit_id, run, scopes, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: GetPipelineToken :one
SELECT * FROM pipeline_token WHERE hash = $1;

-- name: DropPipelineTokens :exec
DELETE FROM pipeline_token WHERE expires <= $1;

-- name: UseCIToken :execrows
INSERT INTO ci_token_used (hash, expires) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING;

-- name: DropCITokens :exec
DELETE FROM ci_token_used WHERE expires <= $1;
