-- +goose Up
-- The times in which a fact source could not be read, each from the last good
-- reading before to the first one after: life-cycle clocks stand still (promise 3).

CREATE TABLE outage (
    source TEXT NOT NULL,
    began  BIGINT NOT NULL,
    ended  BIGINT NOT NULL CHECK (ended >= began),
    PRIMARY KEY (source, began)
);
