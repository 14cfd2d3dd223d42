-- name: WitnessHead :one
SELECT size, root, note FROM watched_log WHERE origin = $1;

-- name: FirstWitnessHead :execrows
INSERT INTO watched_log (origin, size, root, note) VALUES ($1, $2, $3, $4) ON CONFLICT (origin) DO NOTHING;

-- name: SwapWitnessHead :execrows
UPDATE watched_log SET size = $2, root = $3, note = $4 WHERE origin = $1 AND size = sqlc.arg(was_size) AND root = sqlc.arg(was_root) AND note = sqlc.arg(was_note);

-- name: WitnessStates :many
SELECT * FROM witness ORDER BY name;

-- name: PutWitnessState :exec
INSERT INTO witness (name, state, size, answered, since, told, problem) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (name) DO UPDATE SET state = excluded.state, size = excluded.size, answered = excluded.answered, since = excluded.since, told = excluded.told, problem = excluded.problem;

-- name: AddCosignature :exec
INSERT INTO audit_cosignature (size, witness, line, at) VALUES ($1, $2, $3, $4) ON CONFLICT (size, witness) DO NOTHING;

-- name: RecentCosignatures :many
SELECT * FROM audit_cosignature ORDER BY size DESC, witness LIMIT $1;

-- name: CosignaturesOf :many
SELECT * FROM audit_cosignature WHERE size = $1 ORDER BY witness;

-- name: CheckpointCopies :many
SELECT * FROM checkpoint_copy ORDER BY place;

-- name: PutCheckpointCopy :exec
INSERT INTO checkpoint_copy (place, size, at, since, told, problem) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (place) DO UPDATE SET size = excluded.size, at = excluded.at, since = excluded.since, told = excluded.told, problem = excluded.problem;
