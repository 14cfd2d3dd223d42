-- +goose Up
-- Decisions that OPA servers elsewhere made with our rules, and how they compare
-- with what we would have said. Inputs are not kept, and of results only codes
-- and roles: texts may name people.

CREATE TABLE outside_decision (
    id           TEXT PRIMARY KEY,
    reporter     TEXT NOT NULL REFERENCES person (id),
    decision     TEXT NOT NULL, -- as the other server names it
    source       TEXT NOT NULL, -- which server, as it says
    revision     TEXT NOT NULL, -- of the policies it had; empty if it does not say
    query        TEXT NOT NULL, -- what it was asked, such as paddock_decision/app/deploy
    gate         TEXT NOT NULL, -- empty if it was asked for something else
    input_digest TEXT NOT NULL, -- as in decision; empty if it sent no input
    result       TEXT NOT NULL, -- JSON of core.AnswerCodes
    masked       TEXT NOT NULL, -- JSON list of what it left out or masked
    made         BIGINT NOT NULL,
    received     BIGINT NOT NULL,
    in_force     BOOLEAN NOT NULL, -- whether revision was in force here when it came
    compared     TEXT NOT NULL CHECK (compared IN ('same', 'differs', 'not_compared')),
    why          TEXT NOT NULL, -- it was not compared, or how it differs
    UNIQUE (reporter, decision)
);

CREATE INDEX outside_decision_drift ON outside_decision (id) WHERE compared = 'differs' OR NOT in_force;

INSERT INTO schema_support (version, oldest) VALUES (43, 30);
