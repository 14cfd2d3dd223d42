-- +goose Up
-- How often a decision about a workload was made again, for others that no rule
-- can tell from it: copies of one Pod. The first is in decision.

CREATE TABLE decision_repeat (
    decision_id TEXT PRIMARY KEY REFERENCES decision (id),
    times       BIGINT NOT NULL,
    last        BIGINT NOT NULL
);

INSERT INTO schema_support (version, oldest) VALUES (42, 30);
