-- +goose Up
-- Codes that lie in a safe for the day when nobody can sign in.

CREATE TABLE sealed_code (
    id        TEXT PRIMARY KEY,
    hash      TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES person (id),
    sealed    BIGINT NOT NULL,
    sealed_by TEXT NOT NULL,
    ended     BIGINT NOT NULL DEFAULT 0,
    used      BIGINT NOT NULL DEFAULT 0,
    until     BIGINT NOT NULL DEFAULT 0,
    reason    TEXT NOT NULL DEFAULT '',
    skipped   TEXT NOT NULL DEFAULT '',
    used_from TEXT NOT NULL DEFAULT '',
    reviewed  BIGINT NOT NULL DEFAULT 0,
    reviewer  TEXT NOT NULL DEFAULT '',
    note      TEXT NOT NULL DEFAULT ''
);

INSERT INTO schema_support (version, oldest) VALUES (63, 62);
