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
CREATE TABLE audit_pending (
    event_id TEXT PRIMARY KEY
);
CREATE TABLE audit_leaf (
    idx      BIGINT PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    hash     TEXT NOT NULL,
    app_id   TEXT NOT NULL, -- these five repeat the event, for searches
    action   TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    gate     TEXT NOT NULL,
    code     TEXT NOT NULL
);
-- Searches walk one of these; what the others could narrow further is looked at
-- row by row. They lie over the leaves and not over the events, so that an act
-- does not wait for them: the sequencer writes them, many at once. What is still
-- pending is looked through.
CREATE INDEX audit_leaf_app ON audit_leaf (app_id, event_id);
CREATE INDEX audit_leaf_action ON audit_leaf (action, event_id);
CREATE INDEX audit_leaf_actor ON audit_leaf (actor_id, event_id);
CREATE INDEX audit_leaf_gate ON audit_leaf (gate, event_id) WHERE gate <> '';
CREATE INDEX audit_leaf_code ON audit_leaf (code, event_id) WHERE code <> 'ok';
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
