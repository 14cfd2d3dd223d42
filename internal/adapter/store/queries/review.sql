-- name: InsertReview :execrows
INSERT INTO review (id, name, opened, due) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING;

-- name: ListReviews :many
SELECT * FROM review ORDER BY opened DESC;

-- name: GatherReview :exec
UPDATE review SET upto = $2, whole = $3 WHERE id = $1;

-- name: ListReviewItems :many
SELECT review_item.*, person.email, coalesce(decider.email, '') AS by_email FROM review_item
JOIN person ON person.id = review_item.person_id
LEFT JOIN person AS decider ON decider.id = review_item.by_person
WHERE review_item.review_id = sqlc.arg(review) AND review_item.id > sqlc.arg(after)
    AND (CAST(sqlc.arg(decided) AS BOOLEAN) OR review_item.decision = '') AND (CAST(sqlc.arg(used) AS BOOLEAN) OR review_item.unused)
ORDER BY review_item.id LIMIT sqlc.arg(most);

-- name: GetReviewItem :one
SELECT review_item.*, person.email, coalesce(decider.email, '') AS by_email FROM review_item
JOIN person ON person.id = review_item.person_id
LEFT JOIN person AS decider ON decider.id = review_item.by_person
WHERE review_item.id = $1;

-- name: ListUnsettled :many
SELECT review_item.*, person.email, coalesce(decider.email, '') AS by_email FROM review_item
JOIN person ON person.id = review_item.person_id
LEFT JOIN person AS decider ON decider.id = review_item.by_person
WHERE review_item.decision = 'remove' AND review_item.gone = 0 AND review_item.id > sqlc.arg(after)
ORDER BY review_item.id LIMIT sqlc.arg(most);

-- name: DecideReviewItem :execrows
UPDATE review_item SET decision = $2, reason = $3, by_person = $4, at = $5 WHERE id = $1 AND decision = '';

-- name: SettleReviewItem :exec
UPDATE review_item SET gone = $2 WHERE id = $1 AND gone = 0;

-- name: TallyReview :one
SELECT count(*) AS items,
    CAST(coalesce(sum(CASE WHEN decision = '' THEN 1 ELSE 0 END), 0) AS BIGINT) AS open,
    CAST(coalesce(sum(CASE WHEN unused THEN 1 ELSE 0 END), 0) AS BIGINT) AS unused,
    CAST(coalesce(sum(CASE WHEN decision = 'keep' THEN 1 ELSE 0 END), 0) AS BIGINT) AS kept,
    CAST(coalesce(sum(CASE WHEN decision = 'remove' AND gone > 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS removed,
    CAST(coalesce(sum(CASE WHEN decision = 'remove' AND gone = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS pending
FROM review_item WHERE review_id = $1;
