-- +goose Up
-- The processes that share a PostgreSQL database. Each says about once a second
-- that it lives, by the clock of the database; tasks of one that falls silent are
-- given to the others. On SQLite there is one process, and no row.
CREATE TABLE replica (
    id      TEXT PRIMARY KEY,
    started BIGINT NOT NULL,
    seen    BIGINT NOT NULL
);
