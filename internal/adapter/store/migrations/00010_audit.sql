-- +goose Up
-- The audit log. An event is written once, in the transaction of its act; its id
-- is a UUIDv7, so events are listed in the order of their ids. It is pending until
-- the sequencer has given it a leaf: every event is pending or has a leaf.

CREATE TABLE audit_event (
    id         TEXT PRIMARY KEY,
    at         BIGINT NOT NULL,
    action     TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    door       TEXT NOT NULL,
    app_id     TEXT NOT NULL,
    gate       TEXT NOT NULL,
    target     TEXT NOT NULL,
    code       TEXT NOT NULL,
    leaf       TEXT NOT NULL, -- canonical JSON
    opening    TEXT NOT NULL  -- salts and values behind the commitments
);
-- Searches walk one of these; what the others could narrow further is looked at
-- row by row.
CREATE INDEX audit_event_app ON audit_event (app_id, id);
CREATE INDEX audit_event_action ON audit_event (action, id);
CREATE INDEX audit_event_actor ON audit_event (actor_id, id);
CREATE INDEX audit_event_gate ON audit_event (gate, id) WHERE gate <> '';
CREATE INDEX audit_event_code ON audit_event (code, id) WHERE code <> 'ok';

CREATE TABLE audit_pending (
    event_id TEXT PRIMARY KEY
);
CREATE TABLE audit_leaf (
    idx      BIGINT PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    hash     TEXT NOT NULL
);
-- Only the roots of full tiles are stored: level 1 entry n is the root of the
-- leaves [256n, 256n+256), level 2 entry n that of 256 entries of level 1, and so
-- on. Any other hash of the tree comes from at most 256 hashes of each level.
CREATE TABLE audit_node (
    level BIGINT NOT NULL,
    n     BIGINT NOT NULL,
    hash  TEXT NOT NULL,
    PRIMARY KEY (level, n)
);
CREATE TABLE audit_checkpoint (
    size BIGINT PRIMARY KEY,
    note TEXT NOT NULL
);
