-- +goose Up
-- Who keeps watch over the audit log, and over whose logs this installation does.

-- Signatures that witnesses gave for our checkpoints, written once.
CREATE TABLE audit_cosignature (
    size    BIGINT NOT NULL,
    witness TEXT NOT NULL,
    line    TEXT NOT NULL,
    at      BIGINT NOT NULL, -- by the witness's clock
    PRIMARY KEY (size, witness)
);

-- How asking each witness goes.
CREATE TABLE witness (
    name     TEXT PRIMARY KEY,
    state    TEXT NOT NULL CHECK (state IN ('ok', 'silent', 'forked')),
    size     BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    since    BIGINT NOT NULL,
    told     BOOLEAN NOT NULL,
    problem  TEXT NOT NULL
);

-- The newest checkpoint of each other log that we cosigned. It only grows.
CREATE TABLE watched_log (
    origin TEXT PRIMARY KEY,
    size   BIGINT NOT NULL,
    root   TEXT NOT NULL,
    note   TEXT NOT NULL
);

-- How far each place has a copy of our checkpoints.
CREATE TABLE checkpoint_copy (
    place   TEXT PRIMARY KEY,
    size    BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    since   BIGINT NOT NULL, -- when it began to fail; 0 while it works
    told    BOOLEAN NOT NULL,
    problem TEXT NOT NULL
);
