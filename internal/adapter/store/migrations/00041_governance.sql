-- +goose Up
-- The life of the governance repository: what is proposed, and which revision has
-- been in force since when.

INSERT INTO schema_support (version, oldest) VALUES (41, 30);

CREATE TABLE governance_change (
    id      TEXT PRIMARY KEY,
    number  BIGINT NOT NULL UNIQUE,
    branch  TEXT NOT NULL,
    head    TEXT NOT NULL, -- commit
    state   TEXT NOT NULL CHECK (state IN ('open', 'merged', 'closed')),
    author  TEXT NOT NULL REFERENCES person (id),
    report  TEXT NOT NULL, -- JSON
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);
CREATE UNIQUE INDEX governance_change_open ON governance_change (branch) WHERE state = 'open';

-- The newest row says which revision decides. Rows are only added.
CREATE TABLE activation (
    number    BIGINT PRIMARY KEY,
    commit_id TEXT NOT NULL,
    policy    TEXT NOT NULL,
    halted    TEXT NOT NULL, -- codes of rules that only warn, with blanks between
    how       TEXT NOT NULL CHECK (how IN ('start', 'publish', 'rollback')),
    restores  BIGINT NOT NULL,
    change    BIGINT NOT NULL,
    decision  TEXT NOT NULL,
    by_person TEXT NOT NULL, -- empty for the system
    at        BIGINT NOT NULL
);
