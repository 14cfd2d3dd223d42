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
CREATE INDEX audit_event_app ON audit_event (app_id, id);
CREATE INDEX audit_event_action ON audit_event (action, id);

CREATE TABLE audit_pending (
    event_id TEXT PRIMARY KEY
);
CREATE TABLE audit_leaf (
    idx      BIGINT PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    hash     TEXT NOT NULL
);
CREATE TABLE audit_hash (
    idx  BIGINT PRIMARY KEY,
    hash TEXT NOT NULL
);
CREATE TABLE audit_checkpoint (
    size BIGINT PRIMARY KEY,
    note TEXT NOT NULL
);
