-- name: PutBill :exec
INSERT INTO bill (artifact, app, state, sbom, parts, live, latest)
SELECT CAST(sqlc.arg(artifact) AS TEXT), app.name, 'missing', '', 0, FALSE, FALSE FROM app WHERE app.id = sqlc.arg(app_id)
ON CONFLICT (artifact) DO NOTHING;

-- name: GetBill :one
SELECT * FROM bill WHERE artifact = $1;

-- name: ListBillsOfApp :many
SELECT bill.* FROM bill JOIN app ON app.name = bill.app WHERE app.id = $1;

-- name: SetBill :exec
UPDATE bill SET state = $2, sbom = $3, parts = $4 WHERE artifact = $1;

-- name: SetBillPlace :exec
UPDATE bill SET live = $2, latest = $3 WHERE artifact = $1;

-- name: SetHoldingPlace :exec
UPDATE holding SET live = $2, latest = $3 WHERE artifact = $1;

-- name: DeleteHoldings :exec
DELETE FROM holding WHERE artifact = $1;

-- name: NewestArtifact :one
SELECT digest FROM artifact WHERE app_id = $1 ORDER BY created DESC, digest DESC LIMIT 1;

-- name: ListUnindexed :many
SELECT artifact.* FROM artifact LEFT JOIN bill ON bill.artifact = artifact.digest
WHERE artifact.digest > sqlc.arg(after)
  AND (CAST(sqlc.arg(again) AS BOOLEAN) OR bill.artifact IS NULL OR bill.sbom <> artifact.sbom OR (bill.state = 'missing' AND artifact.sbom <> ''))
ORDER BY artifact.digest LIMIT sqlc.arg(most);

-- name: RunsNow :one
SELECT count(*) FROM deployment WHERE artifact = $1 AND state = 'live';
