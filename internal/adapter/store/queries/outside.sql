-- name: InsertOutsideDecision :execrows
INSERT INTO outside_decision (id, reporter, decision, source, revision, query, gate, input_digest, result, masked, made, received, in_force, compared, why)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (reporter, decision) DO NOTHING;

-- name: ListOutsideDecisions :many
SELECT outside_decision.*, person.email FROM outside_decision JOIN person ON person.id = outside_decision.reporter
WHERE outside_decision.id < $1 ORDER BY outside_decision.id DESC LIMIT $2;

-- name: ListDriftedDecisions :many
SELECT outside_decision.*, person.email FROM outside_decision JOIN person ON person.id = outside_decision.reporter
WHERE outside_decision.id < $1 AND (outside_decision.compared = 'differs' OR NOT outside_decision.in_force) ORDER BY outside_decision.id DESC LIMIT $2;
