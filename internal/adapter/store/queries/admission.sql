-- name: AddRepeat :exec
INSERT INTO decision_repeat (decision_id, times, last) VALUES ($1, $2, $3)
ON CONFLICT (decision_id) DO UPDATE SET times = decision_repeat.times + excluded.times, last = excluded.last;

-- name: GetRepeat :one
SELECT * FROM decision_repeat WHERE decision_id = $1;
